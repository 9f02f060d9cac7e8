package dev.braid.router.braid;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.experts.CounterRandom;
import dev.braid.experts.Experts;
import dev.braid.experts.basic.ExternalPrediction;
import dev.braid.router.Combination;
import dev.braid.router.Divisible;
import dev.braid.router.LearnerSpec;
import dev.braid.router.ParallelLearner;
import dev.braid.router.Pool;
import dev.braid.router.Presets;
import dev.braid.router.RestPolicy;
import dev.braid.router.SavedLearner;
import dev.braid.router.combine.Chain;
import dev.braid.spec.Memo;
import dev.braid.spec.Options;
import java.util.List;
import java.util.Set;

/** What a learner of the preset {@code braid} consists of. */
final class BraidDivision implements Divisible {
  static final BraidDivision INSTANCE = new BraidDivision();

  private static final Memo<Options, RestPolicy> POLICIES = new Memo<>(BraidDivision::policy);

  private BraidDivision() {}

  @Override
  public List<String> external(final Options options) {
    return models(options);
  }

  private static List<String> models(final Options options) {
    return Presets.reading(
        BraidPreset.EXTERNAL, () -> ExternalPrediction.models(options.text(BraidPreset.EXTERNAL)));
  }

  /** Asked whenever a model comes back from its state, most often with the same options. */
  @Override
  public RestPolicy resting(final Options options) {
    return POLICIES.of(options);
  }

  private static RestPolicy policy(final Options options) {
    final boolean unbounded = options.text(BraidPreset.BUDGET).isBlank();
    if (unbounded && options.text(BraidPreset.REST).isBlank()) {
      return RestPolicy.NONE;
    }
    final Set<String> kinds =
        Presets.reading(BraidPreset.REST, () -> Experts.kinds(options.text(BraidPreset.REST)));
    final double budget =
        unbounded ? Double.POSITIVE_INFINITY : options.real(BraidPreset.BUDGET, 1, 1e15);
    final RestPolicy policy =
        Presets.reading(
            BraidPreset.EXPERTS,
            () -> RestPolicy.of(options.text(BraidPreset.EXPERTS), models(options), kinds, budget));
    if (policy.kinds().isEmpty() && !unbounded) {
      throw options.bad(BraidPreset.BUDGET, "left out where no expert may rest");
    }
    return policy;
  }

  @Override
  public Pool pool(final LearnerSpec spec, final Options options, final Schema schema) {
    final List<String> external = external(options);
    final RestPolicy resting = resting(options);
    if (!resting.kinds().isEmpty() && schema.target() instanceof Target.Quantity) {
      throw options.bad(BraidPreset.REST, "left out where a number is predicted");
    }
    return Presets.reading(
        BraidPreset.EXPERTS,
        () ->
            Pool.open(
                    options.text(BraidPreset.EXPERTS),
                    external,
                    schema,
                    (network, place) ->
                        CounterRandom.bits(spec.seed(), network ? -2L - place : place))
                .resting(resting));
  }

  @Override
  public Combination combination(
      final LearnerSpec spec, final Options options, final int members, final Target target) {
    return Presets.reading(
        BraidPreset.COMBINE,
        () -> Chain.open(options.text(BraidPreset.COMBINE), members, target, chainSeed(spec)));
  }

  @Override
  public Combination combination(
      final SavedLearner saved, final Options options, final int members) {
    return Chain.read(
        saved,
        options.text(BraidPreset.COMBINE),
        members,
        saved.schema().target(),
        chainSeed(saved.spec()));
  }

  @Override
  public ParallelLearner parallel(
      final LearnerSpec spec, final Options options, final Schema schema, final int threads) {
    return new BraidLearner(spec, options, schema, threads);
  }

  private static long chainSeed(final LearnerSpec spec) {
    return CounterRandom.bits(spec.seed(), -1);
  }
}
