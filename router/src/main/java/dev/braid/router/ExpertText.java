package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.Experts;
import dev.braid.spec.Options;
import dev.braid.spec.Term;

/** An option of a preset that says what each of its experts is. */
public final class ExpertText {
  private final String option;
  private final Term term;

  /**
   * @throws IllegalArgumentException with one sentence, if it asks for several or cannot be read
   */
  public ExpertText(final Options options, final String option) {
    this.option = option;
    term = Presets.reading(option, () -> Term.parse(options.text(option)));
    if (term.count() > 1) {
      throw options.bad(option, "one expert, without a number of them");
    }
  }

  /** Opens one of them. */
  public Expert open(final Schema schema, final long seed) {
    return Presets.reading(option, () -> Experts.open(term, schema, seed));
  }

  /** The one that is opened as number 1, 2, ... of a learner. */
  public Member member(final int number) {
    return new Member(
        Presets.reading(option, () -> Experts.label(term)) + '-' + number,
        term.name(),
        term.name());
  }
}
