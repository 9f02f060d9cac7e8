package dev.braid.experts.moe.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.braid.experts.moe.FreshClasses;
import dev.braid.experts.moe.NativeSetup;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.junit.jupiter.api.Test;

/** What the process that a layer is in notices of OpenBLAS. */
class OpenBlasProductsTest {
  private static final String PLACE = "dev.ludovic.netlib.blas.nativeLibPath";

  /** Run in a class loader of its own: products of other tests may still be open here. */
  static final class OpensAndCloses implements Runnable {
    @Override
    public void run() {
      NativeSetup.prepare();
      Loader.load(openblas_nolapack.class);
      openblas_nolapack.blas_set_num_threads(2);
      final Products one = CpuProducts.choose(BackendChoice.OPENBLAS);
      final Products other = CpuProducts.choose(BackendChoice.OPENBLAS, true);
      assertEquals(1, openblas_nolapack.blas_get_num_threads());
      one.close();
      one.close();
      assertEquals(1, openblas_nolapack.blas_get_num_threads());
      other.close();
      assertEquals(2, openblas_nolapack.blas_get_num_threads());
    }
  }

  @Test
  void openBlasHasOneThreadWhileALayerComputesAndThoseOfBeforeAfterIt() throws Exception {
    OpenBlasHere.products(BackendChoice.OPENBLAS).close();
    try (FreshClasses fresh = new FreshClasses()) {
      fresh.run(OpensAndCloses.class);
    } finally {
      // The library is one for all class loaders, and other tests want one thread.
      openblas_nolapack.blas_set_num_threads(1);
    }
  }

  @Test
  void theLibrarysPlaceIsNotLeftInTheSystemProperties() {
    OpenBlasHere.products(BackendChoice.OPENBLAS).close();
    assertNull(System.getProperty(PLACE));
  }
}
