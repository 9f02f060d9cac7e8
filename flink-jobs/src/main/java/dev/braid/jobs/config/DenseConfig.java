package dev.braid.jobs.config;

import dev.braid.experts.basic.OutsideVote;
import dev.braid.experts.moe.DenseMoeSpec;
import dev.braid.experts.moe.DenseOptions;
import dev.braid.experts.moe.GateSpec;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.Rest;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The dense layer in front of the models.
 *
 * @param experts 0 where there is no such layer
 * @param nominalValues inputs of each nominal feature
 * @param acceptChange whether models may go on with other votes than they had
 * @param layers how many layers there are; each serves its share of the keys
 * @param batch labelled rows of a training step
 * @param maxDelay longest time an event may wait for others
 * @param exact whether a row's bits must not depend on those computed with it
 * @param deviceMemory most bytes that a layer may take on a device
 * @param rest when experts go to rest
 * @param resident experts at rest that the CPU keeps at hand
 * @param expertMemory most bytes of a layer's experts to hold in the host's memory
 * @param externalResource Flink's name for devices
 */
public record DenseConfig(
    int experts,
    int nominalValues,
    boolean acceptChange,
    int layers,
    int hidden,
    GateSpec.Kind gate,
    int chosen,
    int shared,
    double balanceWeight,
    double learningRate,
    int batch,
    Duration maxDelay,
    Votes votes,
    DenseOptions.BackendChoice backend,
    boolean exact,
    Precision precision,
    long deviceMemory,
    Rest rest,
    int resident,
    long expertMemory,
    String externalResource)
    implements Serializable {

  private static final long MOST_NUMBERS = 1L << 29;

  /** Whose votes the models are given. */
  public enum Votes {
    LAYER,
    EXPERTS
  }

  static DenseConfig of(final Settings s) {
    return new DenseConfig(
        s.get(Keys.DENSE_EXPERTS),
        s.get(Keys.DENSE_NOMINAL),
        s.get(Keys.DENSE_ACCEPT),
        s.get(Keys.DENSE_LAYERS),
        s.get(Keys.DENSE_HIDDEN),
        s.get(Keys.DENSE_GATE),
        s.get(Keys.DENSE_CHOSEN),
        s.get(Keys.DENSE_SHARED),
        s.get(Keys.DENSE_BALANCE),
        s.get(Keys.DENSE_RATE),
        s.get(Keys.DENSE_BATCH),
        s.get(Keys.DENSE_MAX_DELAY),
        s.get(Keys.DENSE_VOTES),
        s.get(Keys.DENSE_BACKEND),
        s.get(Keys.DENSE_EXACT),
        s.get(Keys.DENSE_PRECISION),
        s.get(Keys.DENSE_DEVICE_MEMORY),
        new Rest(s.get(Keys.DENSE_REST), s.get(Keys.DENSE_REST_AFTER)),
        s.get(Keys.DENSE_RESIDENT),
        s.get(Keys.DENSE_EXPERT_MEMORY),
        s.get(Keys.DENSE_RESOURCE));
  }

  /** Whether the job has such a layer. */
  public boolean enabled() {
    return experts > 0;
  }

  /** Inputs of a layer. */
  public int inputs(final JobConfig.SchemaHint schema) {
    return schema.numeric().size() + schema.nominal().size() * nominalValues;
  }

  /**
   * What a layer looks like.
   *
   * @throws IllegalArgumentException if there is no such layer
   */
  public DenseMoeSpec spec(final JobConfig.SchemaHint schema, final long seed) {
    final boolean all = gate == GateSpec.Kind.SOFTMAX;
    return new DenseMoeSpec(
        inputs(schema),
        hidden,
        schema.classes().size(),
        experts,
        new GateSpec(
            gate,
            all ? 0 : chosen,
            gate == GateSpec.Kind.SIGMOID ? shared : 0,
            all ? 0 : balanceWeight,
            GateSpec.DEFAULT_WINDOW),
        learningRate,
        seed,
        rest);
  }

  /** Whether a layer's experts do not all fit the memory that they may take. */
  public boolean expertsLeave(final JobConfig.SchemaHint schema) {
    return spec(schema, 0).expertBytes() > expertMemory;
  }

  /** Where and how it computes. */
  public DenseOptions options(final int device) {
    return new DenseOptions(backend, batch)
        .with(precision)
        .on(device, deviceMemory)
        .withResident(resident)
        .withExpertMemory(expertMemory)
        .withExact(exact);
  }

  /** Votes that an event is given: the layer's, then, if asked for, those of its experts. */
  public int voters() {
    final int all = experts + (gate == GateSpec.Kind.SIGMOID ? shared : 0);
    return !enabled() ? 0 : votes == Votes.LAYER ? 1 : 1 + all;
  }

  /** Names of the features that the votes are: by voter, then by class. */
  public List<String> voteFeatures(final JobConfig.SchemaHint schema) {
    final List<String> names = new ArrayList<>();
    for (int v = 0; v < voters(); v++) {
      final String voter = v == 0 ? "dense" : "dense" + (v - 1);
      schema.classes().forEach(name -> names.add(OutsideVote.feature(voter, name)));
    }
    return names;
  }

  void check(final JobConfig.SchemaHint schema) {
    if (!enabled()) {
      return;
    }
    if (inputs(schema) == 0 || schema.classes().size() < 2) {
      throw new ConfigException(
          "Configuration key '"
              + Keys.DENSE_EXPERTS.name()
              + "' asks for a dense layer: name its inputs with '"
              + Keys.NUMERIC.name()
              + "' or '"
              + Keys.NOMINAL.name()
              + "', and two or more classes with '"
              + Keys.CLASSES.name()
              + "'.");
    }
    final long widest =
        Math.max(
            Math.max(inputs(schema), experts),
            (long) schema.classes().size() * (votes == Votes.LAYER ? 1 : voters()));
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
    try {
      spec(schema, 0);
    } catch (final IllegalArgumentException refused) {
      throw new ConfigException("Configuration keys 'dense.*': " + refused.getMessage() + ".");
    }
  }
}
