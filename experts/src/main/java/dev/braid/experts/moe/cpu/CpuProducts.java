package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import java.lang.System.Logger.Level;

/** Chooses the products of the CPU backend. */
public final class CpuProducts {
  private static final System.Logger LOG = System.getLogger(CpuProducts.class.getName());

  private CpuProducts() {}

  /**
   * @param exact whether a row is to give the same bits however many come with it
   * @throws IllegalStateException if OpenBLAS is demanded and does not load
   */
  public static Products choose(final BackendChoice choice, final boolean exact) {
    final Products products = choose(choice);
    return exact && !(products instanceof JavaProducts) ? new TiledProducts(products) : products;
  }

  /**
   * @throws IllegalStateException if OpenBLAS is demanded and does not load
   */
  public static Products choose(final BackendChoice choice) {
    if (choice == BackendChoice.JAVA) {
      return new JavaProducts();
    }
    final Throwable cause;
    try {
      return OpenBlasProducts.load();
    } catch (final LinkageError | RuntimeException missing) {
      cause = missing;
    }
    if (choice == BackendChoice.OPENBLAS) {
      throw new IllegalStateException(
          "OpenBLAS does not load: put dev.ludovic.netlib:blas with its dependency,"
              + " org.bytedeco:openblas and org.bytedeco:javacpp, with the natives of this platform,"
              + " on the class path",
          cause);
    }
    LOG.log(
        Level.INFO,
        "Dense layer: OpenBLAS is not on the class path or does not load ({0}); computing in plain"
            + " Java, several times slower.",
        cause.toString());
    return new JavaProducts();
  }
}
