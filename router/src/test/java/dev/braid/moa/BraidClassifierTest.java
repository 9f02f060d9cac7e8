package dev.braid.moa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import moa.classifiers.functions.MajorityClass;
import moa.core.Utils;
import moa.options.ClassOption;
import moa.streams.generators.SEAGenerator;
import moa.tasks.MainTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BraidClassifierTest {

  @ParameterizedTest
  @MethodSource("dev.braid.router.Presets#names")
  void everyPresetRunsInMoasOwnPrequentialEvaluation(
      final String preset, @TempDir final Path folder) throws Exception {
    final Path table = folder.resolve("curve.csv");
    final MainTask task =
        (MainTask)
            ClassOption.cliStringToObject(
                "EvaluatePrequential -l (dev.braid.moa.BraidClassifier -p "
                    + preset
                    + " -r 3) -s (generators.SEAGenerator -p 10) -e BasicClassificationPerformanceEvaluator"
                    + " -i 10000 -f 10000 -q 10000 -d "
                    + table,
                MainTask.class,
                null);
    task.prepareForUse();
    final PrintStream err = System.err;
    System.setErr(
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8.name()));
    try {
      task.doTask();
    } finally {
      System.setErr(err);
    }
    final List<String> lines = Files.readAllLines(table);
    final List<String> names = List.of(lines.get(0).split(","));
    final String[] last = lines.get(lines.size() - 1).split(",");
    final double accuracy =
        Double.parseDouble(last[names.indexOf("classifications correct (percent)")]);
    assertEquals(10000, Double.parseDouble(last[0]));
    assertTrue(accuracy > 75 && accuracy < 91, () -> "accuracy " + accuracy);
  }

  @Test
  void theClassNamedHasTheMostVotes() {
    final SEAGenerator stream = new SEAGenerator();
    stream.prepareForUse();
    final BraidClassifier classifier = new BraidClassifier();
    classifier.presetOption.setValue(
        "braid(experts=naive-bayes(1000),objective=costs(groupA>groupB=1e9))");
    classifier.setModelContext(stream.getHeader());
    classifier.prepareForUse();
    train(classifier, stream, 300);
    int unlikely = 0;
    for (int t = 0; t < 100; t++) {
      final double[] votes = classifier.getVotesForInstance(stream.nextInstance().getData());
      assertEquals(0, Utils.maxIndex(votes));
      unlikely += votes[0] == votes[1] ? 1 : 0;
    }
    assertTrue(unlikely > 10, "named against the odds: " + unlikely);
  }

  static List<BraidClassifier> classes() {
    return List.of(new BraidClassifier(), new moa.classifiers.meta.Braid());
  }

  @ParameterizedTest
  @MethodSource("classes")
  void aCopyGoesOnLikeTheOriginal(final BraidClassifier original) {
    final SEAGenerator stream = new SEAGenerator();
    stream.prepareForUse();
    original.setModelContext(stream.getHeader());
    original.prepareForUse();
    train(original, stream, 700);
    final BraidClassifier copy = (BraidClassifier) original.copy();
    for (int t = 0; t < 500; t++) {
      final Instance instance = stream.nextInstance().getData();
      assertArrayEquals(original.getVotesForInstance(instance), copy.getVotesForInstance(instance));
      original.trainOnInstance(instance);
      copy.trainOnInstance(instance);
    }
  }

  @Test
  void optionsOfThePresetAreGivenAsText() {
    final SEAGenerator stream = new SEAGenerator();
    stream.prepareForUse();
    final BraidClassifier classifier = new BraidClassifier();
    classifier.presetOption.setValue("driftmoe-data(experts=hoeffding-tree*3, top-k=1)");
    classifier.setModelContext(stream.getHeader());
    classifier.prepareForUse();
    train(classifier, stream, 10);
    assertEquals(3, classifier.getModelMeasurementsImpl()[0].getValue());
  }

  private static InstancesHeader header(final Attribute... attributes) {
    final InstancesHeader header =
        new InstancesHeader(new Instances("made", new ArrayList<>(List.of(attributes)), 0));
    header.setClassIndex(attributes.length - 1);
    return header;
  }

  private static Instance instance(
      final InstancesHeader header, final double weight, final double... values) {
    final DenseInstance instance = new DenseInstance(weight, values);
    instance.setDataset(header);
    return instance;
  }

  private static BraidClassifier classifier(final String preset, final InstancesHeader header) {
    final BraidClassifier classifier = new BraidClassifier();
    classifier.presetOption.setValue(preset);
    classifier.setModelContext(header);
    classifier.prepareForUse();
    return classifier;
  }

  /** With one sort of event, probabilities are the shares of the weights. */
  @Test
  void anInstanceCountsAsOftenAsItsWeightSays() {
    final InstancesHeader header =
        header(new Attribute("x"), new Attribute("class", List.of("no", "yes")));
    final BraidClassifier classifier =
        classifier("braid(experts=naive-bayes,combine=log-opinion-pool)", header);
    for (int t = 0; t < 20; t++) {
      classifier.trainOnInstance(instance(header, 1, 1, 0));
      classifier.trainOnInstance(instance(header, 3, 1, 1));
      classifier.trainOnInstance(instance(header, 0, 1, 0));
    }
    final double[] votes = classifier.getVotesForInstance(instance(header, 1, 1, 0));
    assertEquals(0.75, votes[1], 0.01);
  }

  @Test
  void aNumericClassIsCutToWholeNumbersAsMoasOwnLearnersDo() {
    final InstancesHeader header = header(new Attribute("x"), new Attribute("y"));
    final BraidClassifier ours = classifier("braid(experts=last-label+naive-bayes)", header);
    final MajorityClass theirs = new MajorityClass();
    theirs.setModelContext(header);
    theirs.prepareForUse();
    for (final double y : new double[] {0, 1, 2.7, 2.2, 2.9}) {
      ours.trainOnInstance(instance(header, 1, 1, y));
      theirs.trainOnInstance(instance(header, 1, 1, y));
    }
    final Instance asked = instance(header, 1, 1, 0);
    assertEquals(theirs.getVotesForInstance(asked).length, ours.getVotesForInstance(asked).length);
    assertEquals(
        Utils.maxIndex(theirs.getVotesForInstance(asked)),
        Utils.maxIndex(ours.getVotesForInstance(asked)));
    final Instance below = instance(header, 1, 1, -1);
    assertThrows(ArrayIndexOutOfBoundsException.class, () -> theirs.trainOnInstance(below));
    final String message =
        assertThrows(IllegalArgumentException.class, () -> ours.trainOnInstance(below))
            .getMessage();
    assertTrue(message.contains("class -1.0"), message);
  }

  @Test
  void attributesOfOneNameAreToldApartByTheirPlace() {
    final InstancesHeader header =
        header(
            new Attribute("x"), new Attribute("x"), new Attribute("class", List.of("no", "yes")));
    final BraidClassifier classifier = classifier("braid(experts=naive-bayes)", header);
    for (int t = 0; t < 200; t++) {
      classifier.trainOnInstance(instance(header, 1, 5, t % 2 + 0.01 * t, t % 2));
    }
    assertEquals(1, Utils.maxIndex(classifier.getVotesForInstance(instance(header, 1, 5, 2, 0))));
    assertEquals(0, Utils.maxIndex(classifier.getVotesForInstance(instance(header, 1, 5, 0.1, 0))));
  }

  private static void train(
      final BraidClassifier classifier, final SEAGenerator stream, final int events) {
    for (int t = 0; t < events; t++) {
      classifier.trainOnInstance(stream.nextInstance().getData());
    }
  }
}
