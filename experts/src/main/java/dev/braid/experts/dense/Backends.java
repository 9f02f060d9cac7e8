package dev.braid.experts.dense;

import dev.braid.experts.dense.DenseOptions.BackendChoice;
import java.lang.System.Logger.Level;

/** Chooses and opens a layer's backend, and says in the log what it chose and why. */
final class Backends {
  private static final System.Logger LOG = System.getLogger(Backends.class.getName());

  /** Below this a step costs less on the CPU than its way to a device and back. */
  private static final double LEAST_WORK = 1e7;

  private Backends() {}

  /**
   * @throws IllegalStateException if the options demand what this machine lacks
   */
  static Backend open(final MoeState state, final DenseOptions options) {
    final BackendChoice choice = options.backend();
    if (state.spec.rest().enabled() || bounded(state, options)) {
      if (choice == BackendChoice.CUDA) {
        throw new IllegalStateException(
            "experts that rest or leave memory are computed on the CPU alone: ask for another"
                + " backend, or for no rest and no bound on the experts' memory");
      }
      return cpu(state, options);
    }
    if (choice == BackendChoice.CUDA
        || (choice == BackendChoice.AUTO && pays(state.spec, options))) {
      try {
        return cuda(state, options);
      } catch (final DeviceException missing) {
        if (choice == BackendChoice.CUDA) {
          throw new IllegalStateException(missing.getMessage(), missing);
        }
        LOG.log(Level.INFO, "Dense layer on the CPU: {0}", missing.getMessage());
      }
    }
    return cpu(state, options);
  }

  private static boolean bounded(final MoeState state, final DenseOptions options) {
    return state.hasStore() && state.spec.expertBytes() > options.expertMemory();
  }

  private static boolean pays(final DenseMoeSpec spec, final DenseOptions options) {
    final double perRow = 6.0 * spec.hidden() * (spec.inputs() + spec.classes());
    return perRow * spec.totalExperts() * options.maxRows() >= LEAST_WORK;
  }

  private static Backend cuda(final MoeState state, final DenseOptions options) {
    final DeviceLayout layout;
    final Device device;
    try {
      final long room = CudaDevice.room(options.device(), options.deviceBytes());
      layout = DeviceLayout.within(state.spec, options.precision(), options.maxRows(), room);
      device = new CudaDevice(state.spec, layout, options.device(), options.deviceBytes());
    } catch (final LinkageError missing) {
      throw new DeviceException(
          "org.bytedeco:cuda and org.bytedeco:javacpp are not on the class path, or not in the"
              + " version this build was made with",
          missing);
    }
    state.comeAll();
    final DeviceMoe layer;
    try {
      layer = new DeviceMoe(state, layout, device);
    } catch (final DeviceException failed) {
      device.close();
      throw failed;
    }
    LOG.log(
        Level.INFO,
        "Dense layer on {0}, {1} MB of device memory, {2} of {3} experts there at once",
        layer.name(),
        layer.deviceBytes() >> 20,
        layout.allPlaces(),
        state.spec.totalExperts());
    return new TwinnedMoe(layer, saved -> cpu(saved, options), options.journal());
  }

  private static Backend cpu(final MoeState state, final DenseOptions options) {
    final BackendChoice products =
        options.backend() == BackendChoice.CUDA ? BackendChoice.AUTO : options.backend();
    return new CpuMoe(
        state,
        CpuProducts.choose(products, options.exact()),
        options.maxRows(),
        options.resident(),
        options.expertMemory());
  }
}
