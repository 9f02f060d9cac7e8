package dev.braid.benchmarks.report;

import dev.braid.benchmarks.report.Study.Subject;
import dev.braid.experts.moe.combine.Combines;
import dev.braid.experts.moe.gate.Gates;
import dev.braid.experts.moe.kind.Kinds;
import dev.braid.experts.moe.life.Lives;
import dev.braid.experts.moe.rest.Codecs;
import dev.braid.spec.Entry;
import dev.braid.spec.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The tables of the page of the zoo: all parts of a layer, and the study's lines about each. */
public final class ZooPage {
  private static final String NO_SYSTEM = "-";

  private final StringBuilder out = new StringBuilder();
  private final Study study;

  private ZooPage(final Study study) {
    this.study = study;
  }

  /** A table for each family, in Markdown. */
  public static String tables(final Study study) {
    final ZooPage page = new ZooPage(study);
    page.family("Scores", Gates.SCORES);
    page.family("Assignments", Gates.ASSIGNS);
    page.family("Penalties", Gates.PENALTIES);
    page.family("Kinds of expert", Kinds.ALL);
    page.family("Combining", Combines.ALL);
    page.family("Lives", Lives.ALL);
    page.family("Weights at rest", Codecs.ALL);
    return page.out.toString();
  }

  private void family(final String title, final Registry<? extends Entry> words) {
    out.append("\n### ").append(title).append("\n\n");
    out.append("| word | what it is | in the study for | claims |\n|---|---|---|---|\n");
    for (final Entry word : words.entries()) {
      final List<Subject> about = about(word.name());
      out.append("| `").append(word.name()).append("` | ").append(word.description());
      out.append(" | ").append(join(about.stream().map(Subject::stands).toList()));
      out.append(" | ").append(join(about.stream().map(Subject::claim).toList())).append(" |\n");
    }
  }

  private static String join(final List<String> texts) {
    final List<String> said =
        texts.stream().filter(text -> !text.equals(NO_SYSTEM)).distinct().toList();
    return said.isEmpty() ? NO_SYSTEM : String.join("; ", said);
  }

  /** Lines that name a word which no control names; of others the controls alone. */
  private List<Subject> about(final String word) {
    final List<Subject> controls = new ArrayList<>();
    final List<Subject> lines = new ArrayList<>();
    for (final Subject subject : study.subjects()) {
      if (names(subject.learner(), word)) {
        (subject.isControl() ? controls : lines).add(subject);
      }
    }
    return controls.isEmpty() ? lines : controls;
  }

  /** Whether a learner's text has a word as one of its parts. */
  public static boolean names(final String learner, final String word) {
    return Pattern.compile("[=/+(]" + word + "(?![a-z0-9=-])").matcher(learner).find();
  }
}
