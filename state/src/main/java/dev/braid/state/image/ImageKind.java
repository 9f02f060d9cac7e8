package dev.braid.state.image;

/**
 * Everything that is saved, in one table: the letters an image or a nested part of one begins with,
 * and the version of its format. Where what is saved is chosen by name (an expert, a detector), its
 * name follows, so that a new one needs no line here.
 *
 * <p>All formats are version 1 until the first release. A format that changes after it gets the
 * next version, and its reader goes on to read the older ones.
 */
public enum ImageKind {
  /** A whole learner in one array: {@code dev.braid.router.LearnerImage}. */
  LEARNER("LIMG"),
  /** Specification, schema and members of a learner: {@code dev.braid.router.LearnerIdentity}. */
  IDENTITY("LRNR"),
  /** What a young learner was told so far: {@code dev.braid.router.Youth}. */
  YOUTH("YUTH"),
  /** What changes with every event a learner meets: {@code dev.braid.router.Header}. */
  HEADER("LHDR"),
  /** Features and classes: {@code dev.braid.data.Schema}. */
  SCHEMA("SCHM"),
  /** An expert, by the name of its kind: {@code dev.braid.experts} and its packages. */
  EXPERT("EXPT"),
  /** When an expert of a pool rests: {@code dev.braid.router}. */
  REST("REST"),
  /** The combiner that learns: {@code dev.braid.router.combine}. */
  COMBINER("COMB"),
  /** The network that says which expert an event belongs to: {@code dev.braid.router.tame}. */
  SELECTOR("TSEL"),
  /** A drift detector, by the name of its kind: {@code dev.braid.drift}. */
  DETECTOR("DTEC"),
  /** Options, shape and random state of a tree: {@code dev.braid.experts.tree}. */
  TREE("HTRE"),
  /** A page of a tree's nodes. */
  TREE_NODES("HTND"),
  /** A page of the places of a tree's children. */
  TREE_CHILDREN("HTCH"),
  /** A page of what an adaptive tree keeps of each node. */
  TREE_EXTENSION("HTEX"),
  /** A page of the statistics of a tree's leaves. */
  TREE_STATISTICS("HTST"),
  /** A small network: {@code dev.braid.experts.moe.net}. */
  NETWORK("MLPN"),
  /** Shape, gate and load of a dense layer: {@code dev.braid.experts.moe.state}. */
  DENSE_LAYER("DMOE"),
  /** The weights of one expert of a dense layer: {@code dev.braid.experts.moe.state}. */
  DENSE_EXPERT("DMEX"),
  /** What the experts of a kind share in a dense layer: {@code dev.braid.experts.moe.state}. */
  DENSE_SHARED("DMSH"),
  /** Accuracy so far: {@code dev.braid.evaluation.PrequentialEvaluator}. */
  EVALUATOR("EVAL"),
  /** Where the parts of a model lie: {@code dev.braid.state.keyed.PartTable}. */
  PART_TABLE("PTAB"),
  /** A model of the job, with a small learner in it: {@code dev.braid.jobs.operator}. */
  SESSION("SESS"),
  /** What the members of a pool weighed in an interval: {@code dev.braid.jobs.operator}. */
  ROUTING("RWIN"),
  /** What each feature is worth to a learner: {@code dev.braid.router.FeatureImportance}. */
  IMPORTANCE("FIMP"),
  /** What is known of the types of a model's features: {@code dev.braid.jobs.operator}. */
  FEATURE_TYPES("TYPE"),
  /** The specification that a job's models have: {@code dev.braid.jobs.operator}. */
  SPECIFICATION("SPEC"),
  /** An event without its label: {@code dev.braid.jobs.operator}. */
  PENDING_EVENT("PEVT"),
  /** A label without its event: {@code dev.braid.jobs.operator}. */
  PENDING_LABEL("PLBL"),
  /** A model of the SQL function, as of its last image: {@code dev.braid.jobs.operator}. */
  JOURNALED_MODEL("JMDL"),
  /** What a model of the SQL function met since its last image: {@code dev.braid.jobs.operator}. */
  JOURNAL_ENTRY("JENT"),
  /** What a published model consists of: {@code dev.braid.jobs.publish.ModelTable}. */
  PUBLISHED_MODEL("PMDL"),
  /** A piece of a published chunk or table: {@code dev.braid.jobs.publish.Pieces}. */
  PUBLISHED_PIECE("PPCE"),
  /** The end of what a subtask published: {@code dev.braid.jobs.publish.CheckpointEnd}. */
  PUBLISHED_END("PEND"),
  /** Standardisation and unlearned rows of the dense stage: {@code dev.braid.jobs.dense}. */
  DENSE_STAGE("DSTG");

  private final int code;

  ImageKind(final String letters) {
    code =
        letters.charAt(0)
            | letters.charAt(1) << 8
            | letters.charAt(2) << 16
            | letters.charAt(3) << 24;
  }

  /** The four letters as a little-endian int. */
  int code() {
    return code;
  }

  /** The version that is written, and the newest that is read. */
  int version() {
    return 1;
  }

  /** As in an error: {@code pending event}. */
  String label() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }

  /** What a code stands for, as in an error. */
  static String label(final int code) {
    for (final ImageKind kind : values()) {
      if (kind.code == code) {
        return kind.label();
      }
    }
    return "nothing known";
  }
}
