package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Words;
import dev.braid.spec.Registry;
import java.util.List;

/** What happens to experts beside learning, by its words. */
public final class Lives {
  public static final Registry<Word<Life>> ALL =
      Words.registry(
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
              Split.WORD),
          Words::lives);

  private Lives() {}
}
