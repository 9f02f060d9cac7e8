package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Registry;
import java.util.List;

/** What happens to experts beside learning, by its words. */
public final class Lives {
  public static final Registry<Word<Life>> ALL =
      new Registry<>(
          "life",
          List.of(
              WeightDecay.WORD,
              Focus.WORD,
              Spawn.WORD,
              Prune.WORD,
              PruneWeights.WORD,
              Anchor.WORD,
              Select.WORD,
              Noise.WORD,
              Lasso.WORD,
              MixData.WORD,
              MergeAlike.WORD,
              Recombine.WORD,
              Split.WORD));

  private Lives() {}
}
