package dev.braid.connectors.stream;

import dev.braid.data.InstanceSource;
import java.util.List;

/**
 * Radial basis functions whose centroids all move all the time (MOA's RandomRBFGeneratorDrift: 10
 * features, 2 classes, 50 centroids).
 *
 * @param speed how far a centroid moves per event, as MOA takes it
 */
record RbfStream(String name, String speed) implements StreamSpec {

  @Override
  public long length() {
    return DriftingStream.LENGTH;
  }

  @Override
  public InstanceSource open(final long seed, final long records) {
    return new LimitedSource(
        MoaStream.open(
            "generators.RandomRBFGeneratorDrift -s "
                + speed
                + " -k 50 -i "
                + seed
                + " -r "
                + seed
                + " -a 10 -c 2 -n 50"),
        records < 0 ? length() : records);
  }

  @Override
  public List<DriftPoint> driftPoints(final long records) {
    return List.of();
  }
}
