package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.experts.CounterRandom;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import dev.braid.state.image.SavedParts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Learners of one specification in pieces that may live in different places: an intake that orders
 * and checks, {@link Shard shards} with a part of the experts each, and a half that combines what
 * these say. Together they do what the {@link Learner} of that specification does, to the last bit,
 * whatever the number of shards.
 *
 * <p>Which shard has which experts follows from specification and number of shards alone.
 */
public final class Division {
  // The stream on which the experts' operations are counted: trees cost nothing until they grew.
  private static final int COUNTED_EVENTS = 500;
  private static final int COUNTED_FEATURES = 10;

  private static final Answers NOBODY =
      new Answers() {
        @Override
        public void next(final Combination to) {
          throw new IllegalStateException("no shard answers");
        }

        @Override
        public long sizeBytes() {
          return 0;
        }

        @Override
        public List<PoolEvent.Kind> drainChanges(final int expert) {
          return List.of();
        }
      };

  private final LearnerSpec spec;
  private final Divisible divisible;
  private final Options options;
  private final List<Member> members;
  private final int[][] places;

  private Division(
      final LearnerSpec spec,
      final Divisible divisible,
      final Options options,
      final List<Member> members,
      final int[][] places) {
    this.spec = spec;
    this.divisible = divisible;
    this.options = options;
    this.members = members;
    this.places = places;
  }

  /**
   * @param target what is predicted
   * @param shards 1 or more
   * @throws IllegalArgumentException with one sentence, if learners of this specification cannot be
   *     divided, or not into so many
   */
  public static Division of(final LearnerSpec spec, final Target target, final int shards) {
    final Preset preset = Presets.REGISTRY.find(spec.preset());
    final Divisible divisible = Presets.division(preset);
    final Options options = Presets.options(spec, target);
    final Pool pool = divisible.pool(spec, options, counted(target));
    final long groups = pool.members().stream().map(Member::group).distinct().count();
    if (shards > groups) {
      throw new IllegalArgumentException(
          "a pool of "
              + groups
              + (groups == 1 ? " group" : " groups")
              + " of experts cannot be divided into "
              + shards
              + " shards");
    }
    final int[][] places =
        shards == 1
            ? Placement.whole(pool.size())
            : Placement.of(pool.members(), operations(pool), 0, shards);
    return new Division(spec, divisible, options, pool.members(), places);
  }

  private static Schema counted(final Target target) {
    final Schema numeric = Schema.numeric(COUNTED_FEATURES, 2);
    return target instanceof Target.Quantity ? Schema.ofQuantity(numeric.features()) : numeric;
  }

  /** Operations of each expert once it has met some events. */
  private static long[] operations(final Pool pool) {
    final double[] x = new double[COUNTED_FEATURES];
    for (int i = 0; i < COUNTED_EVENTS; i++) {
      for (int f = 0; f < x.length; f++) {
        x[f] = (CounterRandom.bits(i, f) >>> 11) * 0x1p-53;
      }
      pool.ask(x);
      pool.learn(x, x[0] + x[1] > 1 ? 1 : 0, 1);
    }
    final long[] operations = new long[pool.size()];
    for (int e = 0; e < operations.length; e++) {
      operations[e] = pool.expert(e).operations();
    }
    return operations;
  }

  public int shards() {
    return places.length;
  }

  /** All experts, as {@link Learner#members()} has them. */
  public List<Member> members() {
    return members;
  }

  /**
   * Opens the half that orders and checks, and tells the shards to open.
   *
   * @throws IllegalArgumentException with one sentence, if a shard could not open
   */
  public Learner openIntake(final Schema schema, final Tasks tasks) {
    divisible.pool(spec, options, schema); // What the experts refuse is refused here.
    return new Intake(spec, schema, tasks);
  }

  /** Reads that half back from the chunks of its parts; it comes back clean. */
  public Learner readIntake(final SavedParts chunks, final Tasks tasks) {
    return clean(new Intake(saved(chunks), tasks));
  }

  private SavedLearner saved(final SavedParts chunks) {
    return new SavedLearner(LearnerIdentity.read(chunks.chunk(0, 0)).with(spec), chunks);
  }

  private static Learner clean(final Learner learner) {
    learner.parts().forEach(Part::markClean);
    return learner;
  }

  /**
   * Opens the untrained experts of a shard.
   *
   * @param shard 0 to {@code shards() - 1}
   */
  public Shard openShard(final int shard, final Schema schema) {
    final Pool pool = divisible.pool(spec, options, schema).part(schema, places[shard]);
    return new Shard(spec, schema, pool, places[shard]);
  }

  /** Reads a shard back from the chunks of its parts; it comes back clean. */
  public Shard readShard(final int shard, final SavedParts chunks) {
    final LearnerIdentity identity = LearnerIdentity.read(chunks.chunk(0, 0));
    final List<Member> expected = new ArrayList<>();
    for (final int place : places[shard]) {
      expected.add(members.get(place));
    }
    if (!identity.experts().equals(expected)) {
      throw new IllegalArgumentException(
          "the saved shard has experts " + identity.experts() + " instead of " + expected);
    }
    return read(identity.with(spec), divisible, options, chunks, places[shard]);
  }

  private static Shard read(
      final LearnerIdentity identity,
      final Divisible divisible,
      final Options options,
      final SavedParts chunks,
      final int[] places) {
    final SavedLearner saved = new SavedLearner(identity, new Shard.Behind(chunks));
    final Pool pool = Pool.read(saved, divisible.external(options), divisible.resting(options));
    return clean(new Shard(identity.spec(), identity.schema(), pool, places));
  }

  /**
   * A shard as it was saved, whichever of how many it is, to be looked at.
   *
   * @throws IllegalArgumentException if the chunks are not those of a shard
   */
  public static Shard lookAtShard(final SavedParts chunks) {
    final LearnerIdentity identity = LearnerIdentity.read(chunks.chunk(0, 0));
    final Divisible divisible = Presets.division(Presets.REGISTRY.find(identity.spec().preset()));
    final int[] all = Placement.whole(identity.experts().size())[0];
    return read(identity, divisible, identity.options(), chunks, all);
  }

  /**
   * The undivided learner, as it would be now, of what was saved of a divided one.
   *
   * @param combined the half that combines
   * @param shards all of them, in any order
   * @throws dev.braid.state.image.MalformedImageException if they are not the pieces of a learner
   */
  public static Learner whole(final SavedParts combined, final List<SavedParts> shards) {
    final LearnerIdentity identity = LearnerIdentity.read(combined.chunk(0, 0));
    return LearnerImage.read(new Together(combined, Together.experts(identity, shards)));
  }

  /** The chunks of an undivided learner, wherever they lie. */
  private record Together(SavedParts combined, List<Place> experts) implements SavedParts {
    private static final int FIRST_EXPERT = 2;

    /** Where an expert lies. */
    record Place(SavedParts chunks, int part) {}

    static List<Place> experts(final LearnerIdentity identity, final List<SavedParts> shards) {
      final Map<String, Place> byName = new HashMap<>();
      for (final SavedParts shard : shards) {
        final List<Member> some = LearnerIdentity.read(shard.chunk(0, 0)).experts();
        for (int e = 0; e < some.size(); e++) {
          byName.put(some.get(e).name(), new Place(shard, 1 + e));
        }
      }
      final List<Place> places = new ArrayList<>();
      for (final Member member : identity.experts()) {
        if (!byName.containsKey(member.name())) {
          throw new MalformedImageException("no shard has the expert " + member.name());
        }
        places.add(byName.get(member.name()));
      }
      return places;
    }

    @Override
    public int chunkCount(final int part) {
      if (part < FIRST_EXPERT) {
        return combined.chunkCount(part);
      }
      final Place expert = experts.get(part - FIRST_EXPERT);
      return expert.chunks.chunkCount(expert.part);
    }

    @Override
    public ImageReader chunk(final int part, final int chunk) {
      if (part < FIRST_EXPERT) {
        return combined.chunk(part, chunk);
      }
      final Place expert = experts.get(part - FIRST_EXPERT);
      return expert.chunks.chunk(expert.part, chunk);
    }
  }

  /**
   * The half that orders as it was saved, to be looked at: it has no shards to tell.
   *
   * @throws IllegalArgumentException if the chunks are not those of such a half
   */
  public static Learner lookAtIntake(final SavedParts chunks) {
    return clean(
        new Intake(new SavedLearner(LearnerIdentity.read(chunks.chunk(0, 0)), chunks), null));
  }

  /**
   * The half that combines as it was saved, to be looked at: it has no shards that would answer.
   *
   * @throws IllegalArgumentException if the chunks are not those of such a half
   */
  public static Learner lookAtCombined(final SavedParts chunks) {
    final LearnerIdentity identity = LearnerIdentity.read(chunks.chunk(0, 0));
    return of(identity.spec(), identity.schema().target(), 1).readCombined(chunks, NOBODY);
  }

  private static Shard clean(final Shard shard) {
    shard.parts().forEach(Part::markClean);
    return shard;
  }

  /** Opens the half that combines what the experts say, untrained. */
  public Learner openCombined(final Schema schema, final Answers answers) {
    return new Combined(
        spec,
        schema,
        members,
        divisible.combination(spec, options, members.size(), schema.target()),
        answers);
  }

  /** Reads that half back from the chunks of its parts; it comes back clean. */
  public Learner readCombined(final SavedParts chunks, final Answers answers) {
    final SavedLearner saved = saved(chunks);
    saved.requireExperts(members.size());
    return clean(
        new Combined(saved, divisible.combination(saved, options, members.size()), answers));
  }
}
