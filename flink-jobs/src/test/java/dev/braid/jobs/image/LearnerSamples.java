package dev.braid.jobs.image;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.drift.Detectors;
import dev.braid.drift.DriftDetector;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.Experts;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Prediction;
import dev.braid.router.Preset;
import dev.braid.router.Presets;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.PackedParts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Learners of all presets, experts of all kinds and detectors of all kinds, each a small one. */
public final class LearnerSamples {
  public static final Schema SCHEMA =
      new Schema(
          List.of(Feature.numeric("a"), Feature.numeric("b"), Feature.nominal("c", "x", "y", "z")),
          List.of("no", "yes", "maybe"));

  private static final int LEARNED = 300;
  private static final int PREDICTED = 8;

  /** Events between one and its late label. */
  private static final int DELAY = 20;

  /** What makes the learner of a preset small. */
  private static final Map<String, Map<String, String>> OPTIONS =
      Map.of(
          "braid",
              Map.of(
                  "experts",
                  "adaptive-tree(subspace=leaf|tree,split-confidence=0.01)*2+knn(20)"
                      + "+naive-bayes(100|1000|10000)*3+last-label",
                  "combine",
                  "log-opinion-pool+stacking-net(hidden=4,remembered=32)"),
          "driftmoe-data",
              Map.of(
                  "experts",
                  "hoeffding-tree(grace-period=50)*3",
                  "top-k",
                  "2",
                  "hidden",
                  "8",
                  "batch",
                  "16"),
          "driftmoe-task", Map.of("hidden", "8", "batch", "16"),
          "tame",
              Map.of(
                  "experts",
                  "3",
                  "expert",
                  "naive-bayes",
                  "batch",
                  "8",
                  "window",
                  "10",
                  "reservoir",
                  "32",
                  "hidden",
                  "4"),
          "neural",
              Map.of(
                  "gate",
                  "linear/top-k(2)/balance(0.01)",
                  "expert",
                  "mlp(4)*3",
                  "rest",
                  "int8",
                  "rest-after",
                  "2"));

  /** What makes a tree grow within a few events. */
  private static final Map<String, String> EXPERTS =
      Map.of(
          "hoeffding-tree", "hoeffding-tree(grace-period=30,tie-threshold=0.3)",
          "adaptive-tree", "adaptive-tree(grace-period=30,tie-threshold=0.3)",
          "model-tree", "model-tree(grace-period=30,tie-threshold=0.5)",
          "adaptive-model-tree", "adaptive-model-tree(grace-period=30,tie-threshold=0.5)");

  /** The labels 0, 1 and 2 as numbers. */
  private static final Schema NUMBERS = Schema.ofQuantity(SCHEMA.features());

  private LearnerSamples() {}

  /** All of them. */
  public static List<Sample> all() {
    final List<Sample> all = new ArrayList<>();
    for (final String preset : Presets.names()) {
      all.add(
          new Sample(
              "learner-" + preset,
              () -> LearnerImage.toBytes(learner(preset)),
              image -> use(LearnerImage.fromBytes(image))));
    }
    for (final Preset preset : Presets.REGISTRY.entries()) {
      if (preset.predicts(NUMBERS.target())) {
        all.add(
            new Sample(
                "number-learner-" + preset.name(),
                () -> LearnerImage.toBytes(learnerOfNumbers(preset.name())),
                image -> useOfNumbers(LearnerImage.fromBytes(image))));
      }
    }
    all.add(
        new Sample(
            "young-learner",
            () -> LearnerImage.toBytes(youngLearner()),
            image -> use(LearnerImage.fromBytes(image))));
    for (final ExpertKind kind : Experts.REGISTRY.entries()) {
      final String text = EXPERTS.getOrDefault(kind.name(), kind.name());
      if (kind.predicts(SCHEMA.target())) {
        all.add(expert("expert-", text, SCHEMA));
      }
      if (kind.predicts(NUMBERS.target())) {
        all.add(expert("number-expert-", text, NUMBERS));
      }
    }
    for (final String name : Detectors.REGISTRY.names()) {
      all.add(detector(name));
    }
    return all;
  }

  /** A learner of a preset that has learned. */
  public static Learner learner(final String preset) {
    final Learner learner =
        Presets.open(new LearnerSpec(preset, 1, OPTIONS.getOrDefault(preset, Map.of())), SCHEMA);
    final SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < LEARNED; i++) {
      final double[] x = event(random);
      learner.learn(x, label(x, i));
    }
    return learner;
  }

  /** A learner of a few events, some with late labels, while its schema grows. */
  private static Learner youngLearner() {
    final Map<String, String> options = new HashMap<>(OPTIONS.get("braid"));
    options.put("experts", "crossed-linear+naive-bayes+last-label+knn(20)");
    final Learner learner =
        Presets.open(
            new LearnerSpec("braid", 1, options),
            new Schema(SCHEMA.features().subList(0, 2), SCHEMA.classes().subList(0, 2)));
    final SplittableRandom random = new SplittableRandom(5);
    final Prediction then = new Prediction();
    for (int i = 0; i < 12; i++) {
      if (i == 4) {
        learner.grow(SCHEMA);
      }
      final double[] x = Arrays.copyOf(event(random), learner.schema().featureCount());
      final double label = x[0] > 0 ? 1 : 0;
      learner.predict(x, then);
      if (i > 5) {
        learner.learn(x, label, then);
      } else {
        learner.learn(x, label, 1 + i % 2);
      }
    }
    return learner;
  }

  /** The labels of the second half come late. */
  private static Learner learnerOfNumbers(final String preset) {
    final Map<String, String> options = new HashMap<>(OPTIONS.getOrDefault(preset, Map.of()));
    if (preset.equals("braid")) {
      options.remove("combine");
      options.put("experts", EXPERTS.get("adaptive-model-tree") + "*2+knn(20)+rls+last-value+mean");
    }
    if (preset.equals("tame")) {
      options.put("expert", "rls");
    }
    options.put("quantiles", "0.5");
    final Learner learner = Presets.open(new LearnerSpec(preset, 1, options), NUMBERS);
    final SplittableRandom random = new SplittableRandom(5);
    final Deque<Waiting> waiting = new ArrayDeque<>();
    for (int i = 0; i < LEARNED; i++) {
      final double[] x = event(random);
      if (i < LEARNED / 2) {
        learner.learn(x, label(x, i));
        continue;
      }
      final Waiting next = new Waiting(x, label(x, i), new Prediction());
      learner.predict(x, next.then);
      waiting.add(next);
      if (waiting.size() > DELAY) {
        final Waiting due = waiting.remove();
        learner.learn(due.x, due.target, due.then);
      }
    }
    return learner;
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Waiting(double[] x, double target, Prediction then) {}

  private static double[] useOfNumbers(final Learner learner) {
    if (!learner.schema().target().equals(NUMBERS.target())
        || learner.schema().featureCount() < NUMBERS.featureCount()) {
      throw new MalformedImageException("harmless: a learner of another schema");
    }
    final SplittableRandom random = new SplittableRandom(6);
    final Prediction prediction = new Prediction();
    final double[] all = new double[2 * PREDICTED * 3];
    for (int i = 0; i < 2 * PREDICTED; i++) {
      final double[] x = event(random);
      learner.predict(x, prediction);
      all[3 * i] = prediction.number();
      all[3 * i + 1] = prediction.lower();
      all[3 * i + 2] = prediction.upper();
      if (i >= PREDICTED / 2) {
        learner.learn(x, label(x, i));
      }
    }
    return all;
  }

  /** Predicts, learns and predicts. */
  public static double[] use(final Learner learner) {
    requireSchema(learner.schema());
    final SplittableRandom random = new SplittableRandom(6);
    final Prediction prediction = new Prediction();
    final int classes = learner.schema().classCount();
    final double[] all = new double[2 * PREDICTED * classes];
    for (int i = 0; i < 2 * PREDICTED; i++) {
      final double[] x = event(random);
      learner.predict(x, prediction);
      System.arraycopy(prediction.probabilities(), 0, all, i * classes, classes);
      if (i >= PREDICTED / 2) {
        learner.learn(x, label(x, i));
      }
    }
    return all;
  }

  private static void requireSchema(final Schema schema) {
    if (schema.featureCount() < SCHEMA.featureCount()
        || schema.classCount() < SCHEMA.classCount()) {
      throw new MalformedImageException("harmless: a learner of another schema");
    }
  }

  private static Sample expert(final String prefix, final String text, final Schema schema) {
    final Expert expert = Experts.open(text, schema, 1);
    final SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < LEARNED; i++) {
      final double[] x = event(random);
      expert.learn(x, label(x, i), 1);
    }
    final String kind = expert.kind();
    return new Sample(
        prefix + kind,
        () -> Sample.image(expert),
        image -> {
          final PackedParts parts = Sample.parts(image);
          final Expert read =
              Experts.read(kind, schema, parts.chunkCount(0), chunk -> parts.chunk(0, chunk));
          try {
            return use(read, schema.target().width());
          } catch (final RuntimeException | AssertionError fromWithin) {
            if (kind.equals("moa")) {
              // Nothing knows what MOA's objects must be like inside: its exceptions are the
              // event's.
              return new double[0];
            }
            throw fromWithin;
          }
        });
  }

  private static double[] use(final Expert expert, final int width) {
    final SplittableRandom random = new SplittableRandom(6);
    final double[] one = new double[width];
    final double[] all = new double[2 * PREDICTED * one.length];
    for (int i = 0; i < 2 * PREDICTED; i++) {
      final double[] x = event(random);
      expert.predict(x, one);
      System.arraycopy(one, 0, all, i * one.length, one.length);
      if (i >= PREDICTED / 2) {
        expert.learn(x, label(x, i), 1);
      }
    }
    return all;
  }

  private static Sample detector(final String name) {
    return new Sample(
        "detector-" + name,
        () -> {
          final DriftDetector detector = Detectors.open(name);
          add(detector, 400, 0);
          final ImageWriter out = new ImageWriter();
          Detectors.write(detector, out);
          return out.toByteArray();
        },
        image -> {
          final ImageReader in = new ImageReader(image);
          final DriftDetector detector = Detectors.read(in);
          in.end();
          final double before = detector.estimate();
          final double alarms = add(detector, 200, 1);
          return new double[] {before, detector.estimate(), detector.width(), alarms};
        });
  }

  private static int add(final DriftDetector detector, final int values, final int shift) {
    int alarms = 0;
    for (int i = 0; i < values; i++) {
      alarms += detector.add((i * 7 % 10 + shift) / 4 % 2) ? 1 : 0;
    }
    return alarms;
  }

  /**
   * Whole numbers and quarters: what a log or an exponential makes of the last bit is no matter.
   */
  static double[] event(final SplittableRandom random) {
    return new double[] {random.nextInt(-8, 9) / 4.0, random.nextInt(100), random.nextInt(3)};
  }

  /** A rule that changes once. */
  static int label(final double[] x, final int i) {
    return x[2] == 2 ? 2 : (i < LEARNED / 2 ? x[0] : x[1] / 50 - 1) > 0.1 ? 1 : 0;
  }
}
