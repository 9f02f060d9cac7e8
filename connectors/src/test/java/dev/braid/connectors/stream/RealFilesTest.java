package dev.braid.connectors.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The public streams, where they are there. */
class RealFilesTest {

  @ParameterizedTest
  @CsvSource({
    "electricity.arff.xz, 45312, 8, 1, 2",
    "airlines.arff.xz, 539383, 7, 4, 2",
    "covtype100k.arff.xz, 100000, 54, 44, 7",
    "flights2001.arff.xz, 3000000, 5, 3, 2",
    "mnist10k.csv.xz, 10000, 784, 0, 10"
  })
  void everyRowIsRead(
      final String file, final int rows, final int features, final int nominal, final int classes) {
    final Path path = Path.of(System.getProperty("braid.data", "")).resolve(file);
    assumeTrue(Files.exists(path), () -> "no " + file + " in the folder of real streams");
    final String label = file.startsWith("mnist") ? "c0" : null;
    try (InstanceSource source =
        StreamSpec.parse(path.toString(), Labelled.options(label)).open(1, -1)) {
      int read = 0;
      for (Instance instance = source.next(); instance != null; instance = source.next()) {
        read++;
      }
      assertEquals(rows, read);
      assertEquals(features, source.schema().featureCount());
      assertEquals(nominal, source.schema().features().stream().filter(f -> f.isNominal()).count());
      assertEquals(classes, source.schema().classCount());
    }
  }
}
