package dev.braid.benchmarks.numbers;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import dev.braid.benchmarks.harness.HeapSize;
import dev.braid.benchmarks.harness.XgboostModel;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import dev.braid.spec.Options;
import dev.braid.spec.Term;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import moa.classifiers.Classifier;
import moa.options.ClassOption;

/** A learner of numbers in the form in which it is measured. */
interface NumberLearner {
  /** The peer that is trained anew on a window. */
  String XGBOOST = "xgboost";

  /** Events that are predicted next, in order, for who predicts many together. */
  default void coming(final List<double[]> x) {}

  /** The number predicted. */
  double predict(double[] x);

  /** Learns from an event whose label comes at once, or from one of which nothing was kept. */
  void learn(double[] x, double y);

  /** Predicts an event, then learns it. */
  default double testThenTrain(final double[] x, final double y) {
    final double predicted = predict(x);
    learn(x, y);
    return predicted;
  }

  /** What is to be kept of the last prediction until its label comes late; perhaps null. */
  default Object keep() {
    return null;
  }

  /**
   * Learns from an event whose label comes late.
   *
   * @param kept what {@link #keep} gave when it was predicted
   */
  default void learnLate(final double[] x, final double y, final Object kept) {
    learn(x, y);
  }

  /** Lower end of the interval of the last prediction; NaN without one. */
  default double lower() {
    return Double.NaN;
  }

  /** Upper end of the interval of the last prediction; NaN without one. */
  default double upper() {
    return Double.NaN;
  }

  /** Heap bytes held. */
  long sizeBytes();

  /** MOA's regressors by short names, and their command lines. */
  static Map<String, String> peers() {
    final Map<String, String> peers = new LinkedHashMap<>();
    peers.put("arf-reg", "meta.AdaptiveRandomForestRegressor -s 100");
    peers.put("arf-reg10", "meta.AdaptiveRandomForestRegressor -s 10");
    peers.put("soknl", "meta.SelfOptimisingKNearestLeaves -s 100");
    peers.put("soknl10", "meta.SelfOptimisingKNearestLeaves -s 10");
    peers.put("fimtdd", "trees.FIMTDD");
    peers.put("orto", "trees.ORTO");
    peers.put("amrules", "rules.AMRulesRegressor");
    peers.put("knn-reg", "lazy.kNN -w 1000 -k 10");
    final String base = " -c 0.9 -l (" + peers.get("soknl10") + ")";
    peers.put("mve", "predictioninterval.MVEPredictionInterval" + base);
    peers.put("adaptive", "predictioninterval.AdaptivePredictionInterval" + base);
    return peers;
  }

  /**
   * Opens a learner that knows nothing yet.
   *
   * @param name a preset with options, a peer, or {@code moa:} and a command line of MOA
   * @throws IllegalArgumentException with one sentence, if there is none
   */
  static NumberLearner open(final String name, final long seed, final Schema schema) {
    if (name.matches(XGBOOST + "(\\(.*\\))?")) {
      final Options options =
          Options.of("peer '" + XGBOOST + "'", XgboostModel.OPTIONS, Term.parse(name));
      return new NumberXgboost(options, seed, schema);
    }
    final String peer = peers().get(name);
    if (peer != null) {
      return new OfMoa(peer, seed, schema);
    }
    return name.startsWith("moa:")
        ? new OfMoa(name.substring(4), seed, schema)
        : new Preset(Presets.open(LearnerSpec.parse(name, seed), schema));
  }

  /** One of Braid's. */
  final class Preset implements NumberLearner {
    private final Learner learner;
    private Prediction said = new Prediction();

    Preset(final Learner learner) {
      this.learner = learner;
    }

    @Override
    public double predict(final double[] x) {
      learner.predict(x, said);
      return said();
    }

    private double said() {
      return Double.isNaN(said.number()) ? 0 : said.number();
    }

    @Override
    public void learn(final double[] x, final double y) {
      learner.learn(x, y);
    }

    @Override
    public double testThenTrain(final double[] x, final double y) {
      learner.testThenTrain(x, y, said);
      return said();
    }

    @Override
    public Object keep() {
      final Prediction kept = said;
      said = new Prediction();
      return kept;
    }

    @Override
    public void learnLate(final double[] x, final double y, final Object kept) {
      learner.learn(x, y, (Prediction) kept);
    }

    @Override
    public double lower() {
      return said.lower();
    }

    @Override
    public double upper() {
      return said.upper();
    }

    @Override
    public long sizeBytes() {
      return learner.sizeBytes();
    }
  }

  /** A regressor of MOA; a prediction that is not finite counts as 0. */
  final class OfMoa implements NumberLearner {
    private final Classifier classifier;
    private final InstancesHeader header;

    /** Lower end, number, upper end; or the number alone. */
    private double[] said = {0};

    OfMoa(final String cli, final long seed, final Schema schema) {
      try {
        classifier = (Classifier) ClassOption.cliStringToObject(cli, Classifier.class, null);
      } catch (final Exception e) {
        throw new IllegalArgumentException(
            "MOA cannot open the regressor '" + cli + "': " + e.getMessage(), e);
      }
      header = header(schema);
      // Some have no generator to be seeded before they are prepared.
      classifier.prepareForUse();
      if (classifier.isRandomizable()) {
        classifier.setRandomSeed((int) seed);
      }
      classifier.setModelContext(header);
      classifier.resetLearning();
    }

    private static InstancesHeader header(final Schema schema) {
      final List<Attribute> attributes = new ArrayList<>();
      for (final Feature feature : schema.features()) {
        attributes.add(
            feature.isNominal()
                ? new Attribute(feature.name(), List.copyOf(feature.values()))
                : new Attribute(feature.name()));
      }
      attributes.add(new Attribute("target"));
      final Instances rows = new Instances("stream", attributes, 0);
      rows.setClassIndex(attributes.size() - 1);
      final InstancesHeader header = new InstancesHeader(rows);
      header.setClassIndex(attributes.size() - 1);
      return header;
    }

    private DenseInstance row(final double[] x, final double y) {
      final double[] values = Arrays.copyOf(x, x.length + 1);
      values[x.length] = y;
      final DenseInstance row = new DenseInstance(1.0, values);
      row.setDataset(header);
      return row;
    }

    @Override
    public double predict(final double[] x) {
      said = classifier.getVotesForInstance(row(x, Double.NaN));
      final double number = said.length == 0 ? 0 : said[said.length / 2];
      return Double.isFinite(number) ? number : 0;
    }

    @Override
    public double lower() {
      return said.length == 3 ? said[0] : Double.NaN;
    }

    @Override
    public double upper() {
      return said.length == 3 ? said[2] : Double.NaN;
    }

    @Override
    public void learn(final double[] x, final double y) {
      classifier.trainOnInstance(row(x, y));
    }

    @Override
    public long sizeBytes() {
      return HeapSize.of(classifier);
    }
  }
}
