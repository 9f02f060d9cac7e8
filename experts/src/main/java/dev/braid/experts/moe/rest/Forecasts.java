package dev.braid.experts.moe.rest;

import dev.braid.experts.moe.Forecast;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Words;
import dev.braid.spec.Registry;
import java.util.List;

/** Which experts come ahead, by its words. */
public final class Forecasts {
  public static final Registry<Word<Forecast>> ALL =
      Words.registry("forecast", List.of(Recent.WORD, Leaning.WORD, Often.WORD), Words::forecasts);

  private Forecasts() {}
}
