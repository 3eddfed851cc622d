declare module '*.css';
declare module 'd3-scale-chromatic' {
  export function interpolateOranges(share: number): string;
}
