package dev.braid.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Learners that must each show something, and the controls that they are compared with, as a file
 * lists them: one a line, {@code learner | what it stands for | claim | beside}, where {@code
 * control} stands for a control, and the last field may be left out. Empty lines and those that
 * begin with {@code #} do not count.
 *
 * @param subjects in the order of the tables, the controls among them
 */
public record Study(List<Subject> subjects) {
  private static final String CONTROL = "control";

  /** With room about it: an option's values have one between them that has none. */
  private static final Pattern BETWEEN = Pattern.compile("\\s\\|(?:\\s|$)");

  /**
   * One learner.
   *
   * @param learner as it is asked for
   * @param stands for what, or {@code control}
   * @param claim what it must show
   * @param beside the learner of the study that this is shown by; where none is named, the first
   *     control, and nothing for a control
   */
  public record Subject(String learner, String stands, String claim, String beside) {
    boolean isControl() {
      return stands.equals(CONTROL);
    }

    private Subject besideOr(final String control) {
      return isControl() || !beside.isEmpty() ? this : new Subject(learner, stands, claim, control);
    }
  }

  public Study {
    final String control =
        subjects.stream().filter(Subject::isControl).map(Subject::learner).findFirst().orElse("");
    subjects = subjects.stream().map(subject -> subject.besideOr(control)).toList();
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException with one sentence that says which line is wrong
   */
  public static Study read(final Path file) throws IOException {
    final List<Subject> subjects = new ArrayList<>();
    final List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (final NoSuchFileException none) {
      throw new IllegalArgumentException("There is no file " + file + " of learners", none);
    }
    for (int i = 0; i < lines.size(); i++) {
      final String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      final Subject subject = subject(line, file + ", line " + (i + 1));
      if (subjects.stream().anyMatch(other -> other.learner().equals(subject.learner()))) {
        throw new IllegalArgumentException(
            file + ", line " + (i + 1) + ": " + subject.learner() + " is there twice");
      }
      subjects.add(subject);
    }
    if (subjects.isEmpty()) {
      throw new IllegalArgumentException(file + " lists no learner");
    }
    final Study study = new Study(subjects);
    for (final Subject subject : subjects) {
      if (!subject.beside().isEmpty() && !study.learners().contains(subject.beside())) {
        throw new IllegalArgumentException(
            file
                + " compares "
                + subject.learner()
                + " with "
                + subject.beside()
                + ", which it does not list");
      }
    }
    return study;
  }

  private static Subject subject(final String line, final String where) {
    final String[] fields = BETWEEN.split(line, -1);
    if (fields.length < 3 || fields.length > 4) {
      throw new IllegalArgumentException(
          where
              + ": a line is 'learner | what it stands for | claim | beside', not '"
              + line
              + "'");
    }
    final String beside = fields.length == 4 ? fields[3].strip() : "";
    return new Subject(fields[0].strip(), fields[1].strip(), fields[2].strip(), beside);
  }

  /** All learners, as they are asked for. */
  public List<String> learners() {
    return subjects.stream().map(Subject::learner).toList();
  }

  List<Subject> controls() {
    return subjects.stream().filter(Subject::isControl).toList();
  }
}
