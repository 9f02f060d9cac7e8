package dev.braid.experts.moe.added;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Codec;
import dev.braid.experts.moe.Combine;
import dev.braid.experts.moe.Forecast;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Words;
import java.util.List;

/** The entries of all parts in this package. */
public final class Added implements Words {

  @Override
  public List<Word<Score>> scores() {
    return List.of(SquaresScore.WORD);
  }

  @Override
  public List<Word<Assign>> assigns() {
    return List.of(Independent.WORD);
  }

  @Override
  public List<Word<Penalty>> penalties() {
    return List.of(Small.WORD);
  }

  @Override
  public List<Word<Kind>> kinds() {
    return List.of(Quadratic.WORD);
  }

  @Override
  public List<Word<Combine>> combines() {
    return List.of(Capped.WORD);
  }

  @Override
  public List<Word<Life>> lives() {
    return List.of(Clip.WORD);
  }

  @Override
  public List<Word<Codec>> codecs() {
    return List.of(BrainFloats.WORD);
  }

  @Override
  public List<Word<Forecast>> forecasts() {
    return List.of(AnyExpert.WORD);
  }
}
