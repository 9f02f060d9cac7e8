package dev.braid.jobs.config;

import dev.braid.experts.basic.ExternalPrediction;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.device.DeviceException;
import dev.braid.experts.moe.device.DeviceShape;
import dev.braid.experts.moe.rest.Forecasts;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.spec.Term;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The dense layer in front of the models.
 *
 * @param layer the parts of a layer as text; empty where there is no such layer
 * @param nominalValues inputs of each nominal feature
 * @param acceptChange whether models may go on with other predictions than they had
 * @param layers how many layers there are; each serves its share of the keys
 * @param batch labelled rows of a training step
 * @param maxDelay longest time an event may wait for others
 * @param exact whether a row's bits must not depend on those computed with it
 * @param deviceMemory most bytes that a layer may take on a device
 * @param unpacked experts at rest that the CPU keeps unpacked
 * @param expertMemory most bytes of a layer's experts to hold in the host's memory
 * @param forecast which experts are held and read ahead where not all are
 * @param externalResource Flink's name for devices
 */
public record DenseConfig(
    String layer,
    int nominalValues,
    boolean acceptChange,
    int layers,
    int batch,
    Duration maxDelay,
    Predictions predictions,
    DenseOptions.BackendChoice backend,
    boolean exact,
    Precision precision,
    long deviceMemory,
    int unpacked,
    long expertMemory,
    String forecast,
    String externalResource)
    implements Serializable {

  private static final long MOST_NUMBERS = 1L << 29;

  /** Whose predictions the models are given. */
  public enum Predictions {
    LAYER,
    EXPERTS
  }

  static DenseConfig of(final Settings s) {
    return new DenseConfig(
        s.get(Keys.DENSE_LAYER),
        s.get(Keys.DENSE_NOMINAL),
        s.get(Keys.DENSE_ACCEPT),
        s.get(Keys.DENSE_LAYERS),
        s.get(Keys.DENSE_BATCH),
        s.get(Keys.DENSE_MAX_DELAY),
        s.get(Keys.DENSE_PREDICTIONS),
        s.get(Keys.DENSE_BACKEND),
        s.get(Keys.DENSE_EXACT),
        s.get(Keys.DENSE_PRECISION),
        s.get(Keys.DENSE_DEVICE_MEMORY),
        s.get(Keys.DENSE_UNPACKED),
        s.get(Keys.DENSE_EXPERT_MEMORY),
        s.get(Keys.DENSE_FORECAST),
        s.get(Keys.DENSE_RESOURCE));
  }

  /** Whether the job has such a layer. */
  public boolean enabled() {
    return !layer.isBlank();
  }

  /** Inputs of a layer. */
  public int inputs(final LearnerConfig.SchemaHint schema) {
    return schema.numeric().size() + schema.nominal().size() * nominalValues;
  }

  /**
   * What a layer looks like.
   *
   * @throws IllegalArgumentException if there is no such layer
   */
  public DenseMoeSpec spec(final LearnerConfig.SchemaHint schema, final long seed) {
    return new DenseMoeSpec(inputs(schema), schema.classes().size(), parts(), seed);
  }

  private LayerSpec parts() {
    return LayerSpec.parse(layer);
  }

  /** Whether a layer's experts do not all fit the memory that they may take. */
  public boolean expertsLeave(final LearnerConfig.SchemaHint schema) {
    return spec(schema, 0).expertBytes() > expertMemory;
  }

  /** Where and how it computes. */
  public DenseOptions options(final int device) {
    return new DenseOptions(backend, batch)
        .with(precision)
        .on(device, deviceMemory)
        .withUnpacked(unpacked)
        .withExpertMemory(expertMemory)
        .with(Word.make(Forecasts.ALL, Term.parse(forecast)))
        .withExact(exact);
  }

  /** Predictions that an event is given: the layer's, then, if asked for, those of its experts. */
  public int predictors() {
    if (!enabled()) {
      return 0;
    }
    final LayerSpec parts = parts();
    return predictions == Predictions.LAYER ? 1 : 1 + parts.count() + parts.gate().shared();
  }

  /** The models whose predictions an event is given. */
  public List<String> models() {
    final List<String> models = new ArrayList<>();
    for (int v = 0; v < predictors(); v++) {
      models.add(v == 0 ? "dense" : "dense" + (v - 1));
    }
    return models;
  }

  /** Names of the features that the predictions are: by predictor, then by class. */
  public List<String> predictionFeatures(final LearnerConfig.SchemaHint schema) {
    final List<String> names = new ArrayList<>();
    for (final String model : models()) {
      schema.classes().forEach(name -> names.add(ExternalPrediction.feature(model, name)));
    }
    return names;
  }

  /** A model computes its own layer, such as that of preset neural, in plain Java alone. */
  private void refuseDeviceWithoutLayer() {
    if (backend == DenseOptions.BackendChoice.CUDA) {
      throw new ConfigException(
          "Configuration key '"
              + Keys.DENSE_BACKEND.name()
              + "' demands a device, and there is no layer for it, since models, those of preset"
              + " 'neural' too, compute in plain Java: name one with '"
              + Keys.DENSE_LAYER.name()
              + "', as in 'gate=linear/top-k(2)/balance,expert=mlp*8'.");
    }
  }

  void check(final LearnerConfig.SchemaHint schema) {
    if (!enabled()) {
      refuseDeviceWithoutLayer();
      return;
    }
    if (inputs(schema) == 0 || schema.classes().size() < 2) {
      throw new ConfigException(
          "Configuration key '"
              + Keys.DENSE_LAYER.name()
              + "' asks for a dense layer: name its inputs with '"
              + Keys.NUMERIC.name()
              + "' or '"
              + Keys.NOMINAL.name()
              + "', and two or more classes with '"
              + Keys.CLASSES.name()
              + "'.");
    }
    final DenseMoeSpec spec;
    try {
      spec = spec(schema, 0);
      options(0);
      if (backend == DenseOptions.BackendChoice.CUDA) {
        DeviceShape.of(spec);
      }
    } catch (final IllegalArgumentException | DeviceException refused) {
      throw new ConfigException("Configuration keys 'dense.*': " + refused.getMessage() + ".");
    }
    final long widest =
        Math.max(
            Math.max(inputs(schema), spec.experts()),
            (long) schema.classes().size() * (predictions == Predictions.LAYER ? 1 : predictors()));
    if (widest * batch > MOST_NUMBERS) {
      throw new ConfigException(
          "Configuration key '"
              + Keys.DENSE_BATCH.name()
              + "' makes batches of "
              + batch
              + " rows that have "
              + widest
              + " numbers each, which do not fit 2 GB: "
              + MOST_NUMBERS / widest
              + " rows do.");
    }
  }
}
