package dev.braid.jobs.sql;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.ModelProviderFactory;
import org.apache.flink.table.functions.PredictFunction;
import org.apache.flink.table.ml.ModelProvider;
import org.apache.flink.table.ml.PredictRuntimeProvider;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * Models that predict and do not learn, of an image that {@code LearnerImage.toBytes} wrote:
 *
 * <pre>{@code
 * CREATE MODEL fraud
 *   INPUT (amount DOUBLE, country STRING)
 *   OUTPUT (predicted STRING, probabilities MAP<STRING, DOUBLE>)
 *   WITH ('provider' = 'braid', 'image' = 'file:///models/fraud.braid', 'reload' = '10 s')
 * }</pre>
 */
public final class BraidModelFactory implements ModelProviderFactory {
  private static final ConfigOption<String> IMAGE =
      ConfigOptions.key("image")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Path or URI of the image, on a file system that Flink knows; or"
                  + " kafka://host:9092/topic?key=KEY, a model that a job publishes.");

  private static final ConfigOption<Duration> RELOAD =
      ConfigOptions.key("reload")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription("How often to look whether the image is a new one; 0 s for never.");

  /** Called by Flink, which finds this as a service. */
  public BraidModelFactory() {}

  @Override
  public String factoryIdentifier() {
    return "braid";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(IMAGE);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(RELOAD);
  }

  @Override
  public ModelProvider createModelProvider(final Context context) {
    final FactoryUtil.ModelProviderFactoryHelper helper =
        FactoryUtil.createModelProviderFactoryHelper(this, context);
    helper.validate();
    final ResolvedSchema input = context.getCatalogModel().getResolvedInputSchema();
    final ResolvedSchema output = context.getCatalogModel().getResolvedOutputSchema();
    input.getColumns().forEach(BraidModelFactory::requireFeature);
    output.getColumns().forEach(BraidModelFactory::requireOutput);
    return new Provider(
        new FrozenModel(
            source(helper.getOptions().get(IMAGE), helper.getOptions().get(RELOAD).toMillis()),
            input.getColumnNames().toArray(String[]::new),
            types(input),
            output.getColumnNames().toArray(String[]::new)));
  }

  private static ModelSource source(final String place, final long reloadMillis) {
    try {
      return ModelSource.of(place, reloadMillis);
    } catch (final IllegalArgumentException none) {
      throw new ValidationException(none.getMessage(), none);
    }
  }

  private static LogicalType[] types(final ResolvedSchema schema) {
    return schema.getColumns().stream()
        .map(column -> column.getDataType().getLogicalType())
        .toArray(LogicalType[]::new);
  }

  private static void requireFeature(final Column column) {
    final LogicalType type = column.getDataType().getLogicalType();
    if (!type.is(LogicalTypeFamily.NUMERIC)
        && !type.is(LogicalTypeFamily.CHARACTER_STRING)
        && !type.is(LogicalTypeRoot.BOOLEAN)) {
      throw new ValidationException(
          "Input column '"
              + column.getName()
              + "' of a model of the provider braid is of type "
              + type.asSummaryString()
              + ": a feature is a number, a text or a truth value.");
    }
  }

  private static void requireOutput(final Column column) {
    final String wanted = FrozenModel.OUTPUTS.get(column.getName());
    final String type = column.getDataType().getLogicalType().copy(true).asSummaryString();
    if (wanted == null || !List.of(wanted.split("\\|")).contains(type)) {
      throw new ValidationException(
          "Output column '"
              + column.getName()
              + " "
              + type
              + "' is none of a model of the provider braid; it has predicted STRING,"
              + " probability DOUBLE, probabilities MAP<STRING, DOUBLE>, or predicted_number DOUBLE,"
              + " interval_lower DOUBLE, interval_upper DOUBLE, and weights MAP<STRING, DOUBLE>.");
    }
  }

  private record Provider(FrozenModel model) implements PredictRuntimeProvider {

    @Override
    public PredictFunction createPredictFunction(final ModelProvider.Context context) {
      return model;
    }

    @Override
    public ModelProvider copy() {
      return this;
    }
  }
}
