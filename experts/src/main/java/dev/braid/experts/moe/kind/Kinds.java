package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Words;
import dev.braid.spec.Registry;
import java.util.List;

/** Kinds of experts by their words. */
public final class Kinds {
  public static final Registry<Word<Kind>> ALL =
      Words.registry(
          "kind of expert",
          List.of(
              Mlp.WORD,
              Linear.WORD,
              Film.WORD,
              Window.WORD,
              Factored.WORD,
              Factored.LATENT,
              Fff.WORD,
              Kan.WORD,
              SelectableKan.WORD,
              MonoForward.WORD,
              ForwardForward.WORD,
              Pepita.WORD,
              TopDown.WORD,
              Boost.WORD,
              Prototype.WORD,
              Attention.WORD,
              Patches.WORD,
              View.WORD,
              Nested.WORD,
              Ternary.WORD,
              Triplet.WORD,
              Multilinear.WORD,
              Lora.WORD,
              Perft.WORD,
              ResidualTree.WORD,
              Hyper.WORD,
              HyperRnn.WORD,
              ProductKeys.WORD,
              Knowledge.WORD,
              Mixed.WORD),
          Words::kinds);

  private Kinds() {}
}
