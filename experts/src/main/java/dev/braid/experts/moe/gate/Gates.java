package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Words;
import dev.braid.spec.Registry;
import java.util.List;

/** The parts of gates by their words. */
public final class Gates {
  /** What rates a row's experts. */
  public static final Registry<Word<Score>> SCORES =
      Words.registry(
          "score",
          List.of(
              LinearScore.WORD,
              ActivatedScore.WORD,
              UncertainScore.WORD,
              TreeScore.WORD,
              CosineScore.WORD,
              FixedKeys.WORD,
              SimilarScore.WORD,
              KMeansScore.WORD,
              LeastSquaresScore.WORD,
              CentroidScore.WORD,
              NexusScore.WORD,
              StableScore.WORD,
              KeyScore.WORD,
              NormScore.WORD,
              HistoryScore.WORD,
              ImportanceScore.WORD,
              GrkanScore.WORD,
              TaskScore.WORD,
              SkillScore.WORD,
              LocatedScore.WORD,
              HashScore.WORD,
              MaskScore.WORD,
              RandomScore.WORD,
              ReconstructScore.WORD),
          Words::scores);

  /** What chooses and weighs them. */
  public static final Registry<Word<Assign>> ASSIGNS =
      Words.registry(
          "assignment",
          List.of(
              Softmax.WORD,
              TopK.WORD,
              SigmoidTopK.WORD,
              TopP.WORD,
              NullTopK.WORD,
              GrowingTopK.WORD,
              DenseToSparse.WORD,
              Gumbel.WORD,
              Midpoint.WORD,
              Prototypes.WORD,
              Clusters.WORD,
              Broadcast.WORD,
              Capacity.WORD,
              Compete.WORD,
              ExpertChoice.WORD,
              Base.WORD,
              Sinkhorn.WORD,
              SparseTransport.WORD),
          Words::assigns);

  /** Further losses. */
  public static final Registry<Word<Penalty>> PENALTIES =
      Words.registry(
          "penalty",
          List.of(
              Balance.WORD,
              LocalBalance.WORD,
              Entropy.WORD,
              Concentrate.WORD,
              Conflict.WORD,
              Teacher.WORD),
          Words::penalties);

  private Gates() {}
}
