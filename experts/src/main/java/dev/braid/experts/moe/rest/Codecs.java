package dev.braid.experts.moe.rest;

import dev.braid.experts.moe.Codec;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Words;
import dev.braid.spec.Registry;
import java.util.List;

/** Forms of weights at rest by their words. */
public final class Codecs {
  public static final Registry<Word<Codec>> ALL =
      Words.registry(
          "form of weights at rest",
          List.of(Rounded.INT8, Rounded.INT4, Rounded.INT2, SubBit.WORD, Delta.WORD, LowRank.WORD),
          Words::codecs);

  private Codecs() {}
}
