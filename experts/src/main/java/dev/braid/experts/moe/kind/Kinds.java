package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Registry;
import java.util.List;

/** Kinds of experts by their words. */
public final class Kinds {
  public static final Registry<Word<Kind>> ALL =
      new Registry<>("kind of expert", List.of(Mlp.WORD, Linear.WORD, Film.WORD, Window.WORD));

  private Kinds() {}
}
