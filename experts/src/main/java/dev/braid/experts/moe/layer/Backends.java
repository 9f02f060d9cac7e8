package dev.braid.experts.moe.layer;

import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.CpuProducts;
import dev.braid.experts.moe.cuda.CudaDevice;
import dev.braid.experts.moe.device.Device;
import dev.braid.experts.moe.device.DeviceException;
import dev.braid.experts.moe.device.DeviceLayout;
import dev.braid.experts.moe.device.DeviceMoe;
import dev.braid.experts.moe.device.DeviceShape;
import dev.braid.experts.moe.device.TwinnedMoe;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import dev.braid.experts.moe.state.Backend;
import dev.braid.experts.moe.state.MoeState;
import java.lang.System.Logger.Level;

/** Chooses and opens a layer's backend, and says in the log what it chose and why. */
public final class Backends {
  private static final System.Logger LOG = System.getLogger(Backends.class.getName());

  /** Below this a step costs less on the CPU than its way to a device and back. */
  private static final double LEAST_WORK = 1e7;

  /** Where devices come from. */
  public interface Devices {

    /** Memory that a layer can take for its layout. */
    long room(DenseOptions options);

    public Device open(DeviceLayout layout, DenseOptions options);
  }

  /** Devices of this machine. */
  private static final Devices CUDA =
      new Devices() {
        @Override
        public long room(final DenseOptions options) {
          return CudaDevice.room(options.device(), options.deviceBytes());
        }

        @Override
        public Device open(final DeviceLayout layout, final DenseOptions options) {
          return new CudaDevice(layout, options.device(), options.deviceBytes());
        }
      };

  private Backends() {}

  /**
   * @throws IllegalStateException if the options demand what this machine lacks
   */
  public static Backend open(final MoeState state, final DenseOptions options) {
    return open(state, options, CUDA);
  }

  /** The same with devices from elsewhere. */
  public static Backend open(
      final MoeState state, final DenseOptions options, final Devices devices) {
    final BackendChoice choice = options.backend();
    if (choice == BackendChoice.JAVA || choice == BackendChoice.OPENBLAS) {
      return cpu(state, options, "");
    }
    final Backend backend =
        choice == BackendChoice.AUTO && !pays(state.spec, options)
            ? cpu(state, options, "the layer is too small for a device to pay")
            : onDevice(state, options, devices);
    LOG.log(Level.INFO, "Dense layer on {0}", backend.name());
    return backend;
  }

  private static Backend onDevice(
      final MoeState state, final DenseOptions options, final Devices devices) {
    try {
      return device(state, options, devices);
    } catch (final DeviceException missing) {
      if (options.backend() == BackendChoice.CUDA) {
        throw new IllegalStateException(missing.getMessage(), missing);
      }
      return cpu(state, options, missing.getMessage());
    }
  }

  private static boolean pays(final DenseMoeSpec spec, final DenseOptions options) {
    // A multiplication and an addition per weight, forward and twice that backward.
    return 6.0 * spec.parameterCount() * options.maxRows() >= LEAST_WORK;
  }

  private static Backend device(
      final MoeState state, final DenseOptions options, final Devices devices) {
    final DeviceLayout layout;
    final Device device;
    DeviceShape.of(state.spec);
    try {
      final long room = devices.room(options);
      layout = DeviceLayout.within(state.spec, options.precision(), options.maxRows(), room);
      layout.requireCopies();
      device = devices.open(layout, options);
    } catch (final LinkageError missing) {
      throw new DeviceException(
          "org.bytedeco:cuda and org.bytedeco:javacpp are not on the class path, or not in the"
              + " version this build was made with",
          missing);
    }
    final DeviceMoe layer;
    try {
      layer = new DeviceMoe(state, layout, device, options);
    } catch (final DeviceException failed) {
      device.close();
      throw failed;
    }
    return new TwinnedMoe(layer, (saved, why) -> cpu(saved, options, why), options.journal());
  }

  /**
   * @param why there is no device, or nothing where none was wanted
   */
  private static Backend cpu(final MoeState state, final DenseOptions options, final String why) {
    final BackendChoice products =
        options.backend() == BackendChoice.CUDA ? BackendChoice.AUTO : options.backend();
    return new CpuMoe(state, CpuProducts.choose(products, options.exact()), options, why);
  }
}
