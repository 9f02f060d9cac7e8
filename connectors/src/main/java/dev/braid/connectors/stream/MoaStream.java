package dev.braid.connectors.stream;

import dev.braid.data.GeneratorKind;
import dev.braid.data.InstanceSource;
import java.util.List;
import java.util.ServiceLoader;

/** A stream that MOA makes or reads, as its command line says; the seed is part of that. */
record MoaStream(String commandLine) implements StreamSpec {

  /** The stream's class, without its package. */
  @Override
  public String name() {
    final String type = commandLine.split("\\s", 2)[0];
    return type.substring(type.lastIndexOf('.') + 1);
  }

  @Override
  public long length() {
    return -1;
  }

  @Override
  public InstanceSource open(final long seed, final long records) {
    final InstanceSource source = open(commandLine);
    return records < 0 ? source : new LimitedSource(source, records);
  }

  static InstanceSource open(final String commandLine) {
    for (final GeneratorKind kind :
        ServiceLoader.load(GeneratorKind.class, GeneratorKind.class.getClassLoader())) {
      if (kind.name().equals("moa")) {
        try {
          return kind.open(commandLine);
        } catch (final IllegalArgumentException e) {
          throw new StreamException(e.getMessage(), e);
        }
      }
    }
    throw new StreamException("this stream is made by MOA, and Braid's bridge to it is not there");
  }

  @Override
  public List<DriftPoint> driftPoints(final long records) {
    return List.of();
  }
}
