// Bundles src/ into one folder that a plain file server can serve: node bundle.mjs FOLDER
import { cp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

const folder = process.argv[2];
const packages = path.dirname(createRequire(import.meta.url).resolve('@grafana/ui/package.json'));

// What package.json replaces by absent/: editors, maps, trackers and controls that no panel draws with.
const unused = {
  name: 'unused',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(@adobe\/react-spectrum|@grafana\/faro-web-sdk|@monaco-editor\/react|monaco-editor|ol)(\/|$)/ }, ({ path: name }) => ({ path: name, namespace: 'unused' }));
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {}' }));
  },
};

const { metafile } = await build({
  entryPoints: ['src/main.tsx'],
  outfile: path.join(folder, 'bundle.js'),
  bundle: true,
  minify: true,
  metafile: true,
  jsx: 'automatic',
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [unused],
  logLevel: 'warning',
});
// Where Grafana's styles look for the fonts of its own page, which its packages leave out.
const fonts = {
  'inter/Inter-Regular': 'inter/files/inter-latin-400-normal',
  'inter/Inter-Medium': 'inter/files/inter-latin-500-normal',
  'inter/Inter-Italic': 'inter/files/inter-latin-400-italic',
  'inter/Inter-MediumItalic': 'inter/files/inter-latin-500-italic',
  'roboto/L0xTDF4xlVMF-BfR8bXMIhJHg45mwgGEFl0_3vrtSM1J-gEPT5Ese6hmHSh0mQ': 'roboto-mono/files/roboto-mono-latin-400-normal',
};
for (const [asked, packaged] of Object.entries(fonts)) {
  await cp(path.join(packages, '../../@fontsource', `${packaged}.woff2`), path.join(folder, 'public/fonts', `${asked}.woff2`));
}
await cp(path.join(packages, 'dist/public/img/icons'), path.join(folder, 'public/build/img/icons'), { recursive: true });
await writeFile(
  path.join(folder, 'index.html'),
  '<!doctype html><meta charset="utf-8"><title>pullwatch</title><link rel="stylesheet" href="bundle.css"><div id="styles"></div><div id="page"></div><script src="bundle.js"></script>\n'
);
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`bundled ${(bytes / 1e6).toFixed(1)} MB`);
