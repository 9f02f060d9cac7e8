package dev.braid.benchmarks.harness;

import dev.braid.data.Schema;
import dev.braid.spec.Described;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.List;

/** A learner that Braid is measured against, in the registry {@link Peers#REGISTRY}. */
public final class Peer extends Described {
  private final Opener opener;

  /** Makes an untrained one. */
  interface Opener {
    /**
     * @throws IllegalArgumentException with one sentence, if the options cannot be met
     */
    Contestant<?> open(Options options, long seed, Schema schema);
  }

  Peer(
      final String name,
      final String description,
      final List<Option> options,
      final Opener opener) {
    super(name, description, options);
    this.opener = opener;
  }

  /** One of MOA's classifiers. */
  static Peer moa(final String name, final String cli) {
    return new Peer(
        name,
        "moa:" + cli,
        List.of(),
        (options, seed, schema) -> new MoaContestant(cli, seed, schema));
  }

  Contestant<?> open(final Options chosen, final long seed, final Schema schema) {
    return opener.open(chosen, seed, schema);
  }
}
