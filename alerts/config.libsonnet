// The only place for thresholds: what slow means for the alerts, the report and the pages.
// `make thresholds` renders it to exporter/pullwatch/pack/thresholds.json; a test compares the two.
{
  _config+:: {
    // A pull may take this long whatever its size: resolving, one slow round of authentication and unpacking of an
    // ordinary image end well within it. It is an edge of the duration histograms.
    slowBaseSeconds: 60,

    // Compressed bytes per second of a healthy pull, unpacking included. A registry in the same region gives 20 to
    // 100 MB/s; half of the lower end leaves room for a node that starts several pods.
    expectedBytesPerSecond: 10 * 1000 * 1000,

    // Size taken for an image of which none is known yet. 2 GB lets a first pull of a large image run 260 s before it
    // pages; without an assumption each such image would page at 61 s.
    assumedSizeBytes: 2 * 1000 * 1000 * 1000,

    // A pull that runs longer than this is stuck, whatever its size. containerd cancels a pull without progress after
    // 5 minutes, so one that lives on at 10 crawls. It is an edge of the duration histograms.
    stuckSeconds: 600,
  },
}
