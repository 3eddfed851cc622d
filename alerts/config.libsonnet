// Everything that a user may want to change, with the reason beside each value; what slow means stands nowhere else.
// `make thresholds` renders the limits to exporter/pullwatch/pack/thresholds.json; a test compares the two.
{
  _config+:: {
    // --- What counts as slow.

    // A pull may take this long whatever its size: resolving, one slow round of authentication and unpacking of an
    // ordinary image end well within it. It is an edge of the duration histograms.
    slowBaseSeconds: 60,

    // Compressed bytes per second of a healthy pull, unpacking included. A registry in the same region gives 20 to
    // 100 MB/s; half of the lower end leaves room for a node that starts several pods.
    expectedBytesPerSecond: 10 * 1000 * 1000,

    // Size taken for an image of which none is known yet. 2 GB lets a first pull of a large image run 260 s before it
    // pages; without an assumption each such image would page at 61 s.
    assumedSizeBytes: 2 * 1000 * 1000 * 1000,

    // A pull that runs longer than this is stuck, whatever its size. containerd cancels most pulls without progress after
    // 5 minutes, so one that lives on at 10 crawls, or is one of those that it never gives up. It is an edge of the histograms.
    stuckSeconds: 600,

    // --- What counts as failing.

    // A container that fails to get its image for this long. The kubelet tries again after 10 s, then twice as long each
    // time: five tries have failed by then, and the next one comes after 5 minutes more. What heals before was a retry.
    failingSeconds: 300,

    // --- What counts as slow for a whole node or registry. None of it is scaled by size: histograms know no sizes.

    // A pull that takes longer counts as slow here. It must be an edge of both histograms: 10, 60, 300 or 1800. At 60 s only
    // images above 600 MB are slow by their size alone.
    wideEdgeSeconds: 60,

    // Share of slow pulls above which a node or registry pages. One large image among ten small ones stays below it.
    wideShare: 0.3,

    // Fewer pulls than this say nothing about a node or a registry: 3 slow ones of 9 may be one pod with three containers.
    widePulls: 10,

    // How far back it is looked: long enough for ten pulls of one node in a rollout, short enough to be about now.
    wideWindow: '30m',

    // Share of its own usual bytes per second, and of what the others give, below which a registry is slow. What is pulled
    // changes from hour to hour, and small images alone halve the figure; below a third of it something is wrong.
    throughputShare: 0.3,

    // Ends of pulls that a registry must have had in throughputWindow, and for its usual in usualWindow. They are counted
    // by scrapes: pulls of one repository that end between two scrapes are one.
    throughputPulls: 10,

    // What the registry gives now, and what is usual: a week has all days of work in it.
    throughputWindow: '1h',
    usualWindow: '7d',

    // Seconds that the pods of a node have waited together in wideWindow. Five pods that waited a minute each are worth a
    // look; less is how a kubelet that pulls one image after the other works.
    queueingSeconds: 300,

    // --- The objective, for who wants one: ImagePullSLOBurn is off until `enabled` says otherwise.

    // A pull is good if it ends within this, its wait included. It must be an edge of the duration histograms.
    sloSeconds: 300,

    // Share of pulls that shall be good.
    sloTarget: 0.99,

    // Pulls and failures that the long window must have. With fewer than 50 one bad pull is more than 1 %.
    sloPulls: 50,

    // Pages where, in both windows, bad pulls use up the budget this many times as fast as the target allows: 14.4 times
    // uses 2 % of a month's budget in an hour, 6 times 5 % in six. The short window ends it soon after the cause is gone.
    sloWindows: [
      { long: '1h', short: '5m', burn: 14.4 },
      { long: '6h', short: '30m', burn: 6 },
    ],

    // Failures that do not count, such as not_found and auth: who mistypes a tag fails every five minutes until he sees it.
    sloIgnoredReasons: [],

    // --- The watcher itself.

    // A quiet watch of Events says nothing for up to 5 minutes, since no bookmarks come there and the server ends it
    // then; a limit below 400 s would page on quiet clusters.
    watchStaleSeconds: 420,

    // And for so long on top: a restart of the API server takes the watches away for seconds.
    watchStaleFor: '1m',

    // A rollout of the exporter, or a drained node, takes it away for less than the two together. The first is looked back
    // upon in what Prometheus has stored, so that its own restart does not begin it anew and a dead exporter is told of before
    // the alerts of its pulls end.
    exporterDownFor: '2m',

    // The second is what a Prometheus that was away itself needs to hear of the exporter again: two scrapes.
    exporterMissedFor: '1m',

    // How far back the exporter is looked for to know that a cluster had one. After this a cluster that removed
    // pullwatch is left in peace.
    exporterSeenWithin: '6h',

    // Events are taken as lost where they told of less than this share of a node's pulls, or of all pulls of the cluster. A
    // kubelet sends the first 25 Events of a pod, which is 6 containers that pull, so that pods of up to 24 containers stay
    // above; and it counts each credential that it tries, so that three credentials for one registry look like a third.
    eventsToldRatio: 0.25,

    // And where at least this many pulls were lost in 30 minutes: fewer are a namespace that was deleted in mid-pull, or
    // one pod of 20 containers.
    eventsLostMinimum: 15,

    // For two minutes a kubelet tries to deliver an Event to a server that does not answer, and it is read once a minute.
    eventsLostFor: '5m',

    // --- Before there is an exporter: what kubelets tell of themselves.

    // Selects the kubelets' own metrics, as kube-prometheus scrapes them; /metrics/cadvisor is another target of the same job.
    kubeletSelector: 'job="kubelet", metrics_path="/metrics"',

    // A pull is slow for a kubelet beyond this. It knows no size: 300 s are what an image of the assumed 2 GB may take, at
    // the next edge of its histogram. 60, 120, 300 or 600; kubelets up to 1.29 have 48, 119, 298 and 745 s instead.
    kubeletSlowSeconds: 300,

    // --- Metrics of others, used where they are there.

    // Matchers that select the targets of each, nothing for all series of its names, false where it should be left alone.
    joins: {
      spegel: '',
      dragonfly: '',
      distribution: '',
      containerd: '',
      crio: '',
      kubeStateMetrics: '',
    },

    // --- How long an alert goes on once its reason is gone.

    // A finished pull stays in the expression for this long, so that a rule that is evaluated once a minute sees it.
    finishedSeconds: 600,

    // Longer than it takes to notice a dead exporter, so that its death never looks like an all-clear.
    keepFiringFor: '10m',

    // --- What is left out.

    // Namespaces whose pulls raise no alert, by names or RE2 patterns that match them whole, such as 'ci-.*'. They stay in
    // the metrics, and in what is told of a whole node or registry: histograms have no namespace.
    mutedNamespaces: [],

    // The same for images, by their whole canonical reference, such as 'docker[.]io/library/busybox:.*'.
    mutedImages: [],

    // What the dashboards read is recorded, by registry and kind of node every 5 minutes, by node and repository every hour.
    // false leaves it out for who looks at no dashboard; those of pullwatch cannot be rendered then.
    boards: true,

    // --- Where things are.

    // Added to each selector of a metric of pullwatch, for a Prometheus that holds several clusters of which these rules
    // concern some, and to that of the exporter's targets. Empty, since the names are pullwatch's own. The kubelets are selected
    // by kubeletSelector alone.
    metricSelector: '',

    // Selects the exporter's own targets. A ServiceMonitor makes the Service's name the job.
    exporterSelector: 'job="pullwatch"',

    // Label that tells clusters apart where one Prometheus or its long-term store holds several. Give it to targets by
    // relabelings, so that `up` has it as well: what is new to a kubelet is told by that.
    clusterLabel: 'cluster',

    // Namespaces in which a stuck pull pages as critical.
    criticalNamespaces: [],

    // How urgent each alert is: critical wakes somebody, warning is work for today, info helps to find causes. none is
    // for what nobody is told of: it keeps another alert quiet.
    severities: {
      SlowImagePull: 'warning',
      SlowImagePullOnSlowNode: 'none',
      ImagePullStuck: 'warning',
      ImagePullFailing: 'warning',
      ImagePullRateLimited: 'warning',
      SlowImagePullsOnNode: 'warning',
      SlowImagePullsFromRegistry: 'warning',
      ImagePullThroughputLow: 'info',
      ImagePullQueueing: 'info',
      ImagePullSLOBurn: 'warning',
      ImagePullExporterDown: 'warning',
      ImagePullWatchStale: 'warning',
      ImagePullEventsLost: 'warning',
      KubeletImagePullSlow: 'info',
    },

    // Which alerts there are; false leaves one out. What it records stays, where others use it.
    enabled: { [alert]: true for alert in std.objectFields(self.severities) } + {
      // Each cluster has another objective, and 300 s may be none.
      ImagePullSLOBurn: false,
      // Without the two that it stands between it has nothing to do.
      SlowImagePullOnSlowNode: self.SlowImagePull && self.SlowImagePullsOnNode,
    },

    // Where a reader's browser reaches the exporter, which serves the runbooks and the page.
    exporterURL: 'http://pullwatch.pullwatch.svc:9436',

    // %s is the alert's name. May point at static pages, or at runbooks of your own.
    runbookURLPattern: self.exporterURL + '/runbooks/%s',

    // Grafana's address, such as https://grafana.example.com, where each alert leads to the board for its image, node, registry
    // or cluster; empty where the alerts should lead to the exporter's page.
    grafanaURL: '',
  },
}
