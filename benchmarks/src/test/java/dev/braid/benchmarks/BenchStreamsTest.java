package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.stream.StreamException;
import dev.braid.connectors.stream.StreamOptions;
import dev.braid.data.InstanceSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams that are files lie in the folder that the user names, and in no other. */
class BenchStreamsTest {
  @TempDir Path data;

  @ParameterizedTest
  @CsvSource({"elec,electricity.arff", "airl,airlines.arff", "covt,covtype100k.arff"})
  void theFileIsThatOfTheFolderThatIsNamed(final String stream, final String file)
      throws IOException {
    Files.writeString(
        data.resolve(file),
        "@relation own\n@attribute a numeric\n@attribute class {x,y}\n@data\n7,x\n8,y\n9,x\n");
    final BenchStreams streams = new BenchStreams(StreamOptions.DEFAULT.withData(data));
    try (InstanceSource source = streams.open(stream, 10)) {
      assertEquals(7, source.next().x()[0]);
      assertEquals(8, source.next().x()[0]);
      assertEquals(9, source.next().x()[0]);
      assertEquals(null, source.next());
    }
  }

  @Test
  void whereNoFolderIsNamedNoneIsTriedAndTheUserIsToldHow() {
    final BenchStreams streams = new BenchStreams(StreamOptions.DEFAULT);
    final String sentence =
        assertThrows(StreamException.class, () -> streams.open("elec", 10)).getMessage();
    assertTrue(sentence.endsWith("give it with --data, or set the variable BRAID_DATA"), sentence);
  }
}
