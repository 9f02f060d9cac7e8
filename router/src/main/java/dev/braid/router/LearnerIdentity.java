package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What must be known of a saved learner before anything else can be read: the first chunk of part
 * 0.
 *
 * <p>Layout ({@code LRNR}, version 1): preset, seed, number of options and each one's name and
 * value, the schema, number of experts and each one's name, kind and group.
 */
public final class LearnerIdentity {
  private final LearnerSpec spec;
  private final LearnerSpec savedAs;
  private final Schema schema;
  private final List<Member> experts;

  // Made when first asked for: many models share one identity.
  private byte[] image;
  private Options options;

  public LearnerIdentity(final LearnerSpec spec, final Schema schema, final List<Member> experts) {
    this(spec, spec, schema, experts);
  }

  private LearnerIdentity(
      final LearnerSpec spec,
      final LearnerSpec savedAs,
      final Schema schema,
      final List<Member> experts) {
    this.spec = spec;
    this.savedAs = savedAs;
    this.schema = schema;
    this.experts = experts;
  }

  public LearnerSpec spec() {
    return spec;
  }

  /** The specification that the learner had when it was saved. */
  LearnerSpec savedAs() {
    return savedAs;
  }

  public Schema schema() {
    return schema;
  }

  public List<Member> experts() {
    return experts;
  }

  /** The specification's options, with defaults where it gives none. */
  Options options() {
    if (options == null) {
      options = Presets.options(spec, schema.target());
    }
    return options;
  }

  /** The same learner under other options, which it can take. */
  LearnerIdentity with(final LearnerSpec other) {
    return new LearnerIdentity(other, savedAs, schema, experts);
  }

  public void write(final ImageWriter out) {
    if (image == null) {
      final ImageWriter own = new ImageWriter();
      encode(own);
      image = own.toRaw();
    }
    out.putRaw(image);
  }

  private void encode(final ImageWriter out) {
    spec.write(out.begin(ImageKind.IDENTITY));
    schema.write(out);
    out.putInt(experts.size());
    for (final Member expert : experts) {
      out.putString(expert.name()).putString(expert.kind()).putString(expert.group());
    }
  }

  public static LearnerIdentity read(final ImageReader in) {
    in.begin(ImageKind.IDENTITY);
    final LearnerSpec spec = LearnerSpec.read(in);
    final Schema schema = Schema.read(in);
    final List<Member> experts = new ArrayList<>();
    for (int left = in.getIntIn(0, in.remaining(), "number of experts"); left > 0; left--) {
      experts.add(new Member(in.getString(), in.getString(), in.getString()));
    }
    in.end();
    return new LearnerIdentity(spec, schema, List.copyOf(experts));
  }
}
