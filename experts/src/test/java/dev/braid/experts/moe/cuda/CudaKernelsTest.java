package dev.braid.experts.moe.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.device.Field;
import dev.braid.experts.moe.device.Kernel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernels' source and the fat binary beside it. */
class CudaKernelsTest {
  private static final String SOURCE = "src/main/cuda/moe.cu";
  private static final String BUILT_WITH = "V13.0.";

  /** As in the profile {@code cuda} of the build. */
  private static final List<String> OPTIONS =
      List.of(
          "-std=c++17",
          "-O3",
          "-Werror",
          "all-warnings",
          "-fatbin",
          "--compress-mode=size",
          "-gencode=arch=compute_80,code=sm_80",
          "-gencode=arch=compute_90,code=sm_90",
          "-gencode=arch=compute_100,code=[sm_100,compute_100]");

  @Test
  void theSourceCompilesForEveryArchitectureAndGivesTheBinaryInTheBuild(@TempDir final Path folder)
      throws Exception {
    final String version = nvccVersion();
    assumeTrue(version != null, "nvcc is not installed");
    final Path binary = folder.resolve("moe.fatbin");
    final List<String> command = new ArrayList<>(List.of("nvcc"));
    command.addAll(OPTIONS);
    command.addAll(List.of("-o", binary.toString(), SOURCE));
    final Process nvcc = new ProcessBuilder(command).redirectErrorStream(true).start();
    final String said = new String(nvcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, nvcc.waitFor(), said);
    if (version.contains(BUILT_WITH)) {
      assertArrayEquals(
          Files.readAllBytes(binary),
          CudaSupport.kernels(),
          "run mvn -Pcuda and commit the binary");
    }
  }

  @Test
  void everyKernelHasItsFunctionInTheSource() throws IOException {
    final String source = Files.readString(Path.of(SOURCE));
    for (final Kernel kernel : Kernel.values()) {
      final String single = kernel.function(Precision.FP32);
      final String shared = single.replace("_f32", "");
      final boolean typed = !single.equals(shared);
      assertTrue(
          source.contains(typed ? "BOTH(" + shared + "," : "__global__ void " + single + "("),
          single);
    }
  }

  @Test
  void theStructHasTheFieldsInTheOrderInWhichTheyAreFilled() throws IOException {
    final String source = Files.readString(Path.of(SOURCE));
    final String struct = source.substring(source.indexOf("struct Layer {"), source.indexOf("};"));
    final List<String> pointers =
        struct
            .lines()
            .filter(line -> line.contains("*"))
            .map(line -> line.replaceAll(".*\\* *(\\w+);.*", "$1"))
            .toList();
    assertEquals(Field.values().length, pointers.size());
    final Iterator<String> inSource = pointers.iterator();
    for (final Field field : Field.values()) {
      final String expected = field.name().replace("_", "");
      final String actual = inSource.next().toUpperCase(Locale.ROOT);
      assertTrue(actual.startsWith(expected), actual + " in the source, " + expected + " in Field");
    }
  }

  /** The layout of a fat binary: a header of 16 bytes, then entries, each with its header. */
  @Test
  @Tag("device")
  void theBinaryHoldsCodeForEveryArchitecture() {
    final ByteBuffer binary = ByteBuffer.wrap(CudaSupport.kernels()).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(0xba55ed50, binary.getInt(0), "no fat binary");
    final List<String> entries = new ArrayList<>();
    int at = binary.getShort(6);
    while (at < binary.limit()) {
      entries.add((binary.getShort(at) == 1 ? "PTX " : "code ") + binary.getInt(at + 28));
      at += binary.getInt(at + 4) + (int) binary.getLong(at + 8);
    }
    assertTrue(
        entries.containsAll(List.of("code 80", "code 90", "code 100", "PTX 100")),
        entries.toString());
  }

  private static String nvccVersion() throws InterruptedException {
    try {
      final Process nvcc = new ProcessBuilder("nvcc", "--version").start();
      final String said = new String(nvcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return nvcc.waitFor() == 0 ? said : null;
    } catch (final IOException missing) {
      return null;
    }
  }
}
