package dev.braid.moa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import moa.classifiers.trees.HoeffdingTree;
import moa.core.Utils;
import moa.streams.generators.AgrawalGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MoaExpertTest {

  @Test
  void decidesAsTheClassifierDoesInsideMoa() {
    final AgrawalGenerator stream = new AgrawalGenerator();
    stream.prepareForUse();
    final HoeffdingTree inside = new HoeffdingTree();
    inside.setModelContext(stream.getHeader());
    inside.prepareForUse();
    final MoaSource source = new MoaSource("generators.AgrawalGenerator");
    final MoaExpert outside = new MoaExpert(source.schema(), "trees.HoeffdingTree", 1);
    final double[] p = new double[2];
    for (int t = 0; t < 20_000; t++) {
      final com.yahoo.labs.samoa.instances.Instance theirs = stream.nextInstance().getData();
      final Instance ours = source.next();
      assertEquals((int) theirs.classValue(), ours.label());
      outside.predict(ours.x(), p);
      if (t > 0) {
        final int expected = Utils.maxIndex(inside.getVotesForInstance(theirs));
        assertEquals(expected, p[1] > p[0] ? 1 : 0);
      }
      inside.trainOnInstance(theirs);
      outside.learn(ours.x(), ours.label(), 1);
    }
    assertTrue(inside.getNodeCount() > 3);
  }

  @Test
  void aSourceKnowsNominalFeaturesAndClasses() {
    final Schema schema = new MoaSource("generators.AgrawalGenerator").schema();
    assertEquals(9, schema.featureCount());
    assertEquals(2, schema.classCount());
    final Feature education = schema.features().get(schema.featureIndex("elevel"));
    assertTrue(education.isNominal());
    assertEquals(5, education.values().size());
  }

  @Test
  void aSourceReadsAnArffFileToItsEnd(@TempDir final Path folder) throws IOException {
    final Path file = folder.resolve("small.arff");
    Files.writeString(
        file,
        """
        @relation small
        @attribute class {no,yes}
        @attribute size numeric
        @attribute sky {clear,grey}
        @data
        yes,1.5,grey
        no,?,clear
        """);
    final MoaSource source = new MoaSource("ArffFileStream -c 1 -f " + file);
    final Instance first = source.next();
    assertArrayEquals(new double[] {1.5, 1}, first.x());
    assertEquals(1, first.label());
    assertArrayEquals(new double[] {Double.NaN, 0}, source.next().x());
    assertNull(source.next());
  }

  @Test
  void saysWhichCommandLineMoaCannotOpen() {
    final Schema schema = Schema.numeric(1, 2);
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> new MoaExpert(schema, "trees.Oak", 1))
            .getMessage()
            .contains("'trees.Oak'"));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> new MoaSource("generators.Oak"))
            .getMessage()
            .contains("'generators.Oak'"));
  }
}
