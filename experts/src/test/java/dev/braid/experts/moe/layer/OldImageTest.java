package dev.braid.experts.moe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.braid.experts.moe.DenseBatch;
import dev.braid.experts.moe.DenseOptions;
import dev.braid.experts.moe.DenseOptions.BackendChoice;
import dev.braid.state.image.ImageReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Layers that earlier versions wrote after forty steps, each with what they said in the next three.
 */
class OldImageTest {
  private static final int ROWS = 16;

  @ParameterizedTest
  @ValueSource(strings = {"dense-moe-v1.bin", "dense-moe-v2.bin"})
  void aKeptLayerGoesOnToTheLastBit(final String name) throws IOException {
    final ImageReader kept;
    try (InputStream in = OldImageTest.class.getResourceAsStream(name)) {
      kept = new ImageReader(in.readAllBytes());
    }
    final List<ImageReader> blocks = new ArrayList<>();
    for (int left = kept.getInt(); left > 0; left--) {
      blocks.add(new ImageReader(kept.getBytes()));
    }
    final DenseMoe layer = DenseMoe.read(blocks, new DenseOptions(BackendChoice.JAVA, ROWS));
    final DenseBatch batch = new DenseBatch(layer.spec(), ROWS, false);
    for (int step = 40; step < 43; step++) {
      fill(batch, step);
      layer.step(batch);
      assertArrayEquals(kept.getFloats(), batch.probabilities(), "step " + step);
    }
  }

  private static void fill(final DenseBatch batch, final int step) {
    batch.clear();
    final SplittableRandom random = new SplittableRandom(step);
    for (int r = 0; r < ROWS; r++) {
      final double[] x = new double[4];
      for (int i = 0; i < 4; i++) {
        x[i] = 2 * random.nextDouble() - 1;
      }
      batch.add(x, r % 4 == 3 ? -1 : (x[0] * x[1] > 0 ? 1 : 0) + (x[3] > 0.5 ? 1 : 0));
    }
  }
}
