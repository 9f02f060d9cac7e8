package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What must be known of a saved learner before anything else can be read: the first chunk of part
 * 0.
 *
 * <p>Layout ({@code LRNR}, version 1): preset, seed, number of options and each one's name and
 * value, the schema, number of experts and each one's name, kind and group.
 */
public final class LearnerIdentity {
  private final LearnerSpec spec;
  private final Schema schema;
  private final List<Member> experts;

  // Made when first asked for: many models share one identity.
  private byte[] image;
  private Options options;

  public LearnerIdentity(final LearnerSpec spec, final Schema schema, final List<Member> experts) {
    this.spec = spec;
    this.schema = schema;
    this.experts = experts;
  }

  public LearnerSpec spec() {
    return spec;
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
    return new LearnerIdentity(other, schema, experts);
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
    out.begin(ImageKind.IDENTITY).putString(spec.preset()).putLong(spec.seed());
    out.putInt(spec.options().size());
    spec.options().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(option -> out.putString(option.getKey()).putString(option.getValue()));
    schema.write(out);
    out.putInt(experts.size());
    for (final Member expert : experts) {
      out.putString(expert.name()).putString(expert.kind()).putString(expert.group());
    }
  }

  public static LearnerIdentity read(final ImageReader in) {
    in.begin(ImageKind.IDENTITY);
    final String preset = in.getString();
    final long seed = in.getLong();
    final Map<String, String> options = new HashMap<>();
    for (int left = in.getIntIn(0, in.remaining(), "number of options"); left > 0; left--) {
      options.put(in.getString(), in.getString());
    }
    final Schema schema = Schema.read(in);
    final List<Member> experts = new ArrayList<>();
    for (int left = in.getIntIn(0, in.remaining(), "number of experts"); left > 0; left--) {
      experts.add(new Member(in.getString(), in.getString(), in.getString()));
    }
    in.end();
    return new LearnerIdentity(new LearnerSpec(preset, seed, options), schema, experts);
  }
}
