package dev.braid.connectors.stream;

import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;

/** The first instances of another source. */
final class LimitedSource implements InstanceSource {
  private final InstanceSource source;
  private long left;

  LimitedSource(final InstanceSource source, final long limit) {
    this.source = source;
    this.left = limit;
  }

  @Override
  public Schema schema() {
    return source.schema();
  }

  @Override
  public Instance next() {
    if (left == 0) {
      return null;
    }
    left--;
    return source.next();
  }

  @Override
  public void close() {
    source.close();
  }
}
