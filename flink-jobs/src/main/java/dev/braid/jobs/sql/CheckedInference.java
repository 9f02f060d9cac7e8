package dev.braid.jobs.sql;

import dev.braid.jobs.config.ConfigException;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.functions.TableSemantics;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.inference.TypeStrategy;
import org.apache.flink.types.ColumnList;

/** Looks at the arguments of a call before its type is said: what is wrong stops the statement. */
record CheckedInference(TypeStrategy output) implements TypeStrategy {
  // Places of the arguments as they stand in the function.
  private static final int INPUT = 0;
  private static final int LABEL = 1;
  private static final int ID = 2;
  private static final int OPTIONS = 3;

  static TypeInference of(final TypeInference plain) {
    final TypeInference.Builder checked = TypeInference.newBuilder();
    checked.staticArguments(plain.getStaticArguments().orElseThrow());
    checked.stateTypeStrategies(plain.getStateTypeStrategies());
    checked.outputTypeStrategy(new CheckedInference(plain.getOutputTypeStrategy()));
    return checked.build();
  }

  @Override
  public Optional<DataType> inferType(final CallContext call) {
    final Optional<TableSemantics> input = call.getTableSemantics(INPUT);
    final Optional<ColumnList> label = call.getArgumentValue(LABEL, ColumnList.class);
    final Optional<ColumnList> id = call.getArgumentValue(ID, ColumnList.class);
    try {
      if (input.isPresent() && label.isPresent() && id.isPresent()) {
        final TableColumns columns =
            new TableColumns(input.get(), one("label", label.get()), one("id", id.get()));
        SqlOptions.parse(
                call.isArgumentNull(OPTIONS)
                    ? null
                    : call.getArgumentValue(OPTIONS, String.class).orElse(null),
                columns.labels())
            .require(columns.hasTime());
      }
    } catch (final ConfigException refused) {
      throw new ValidationException(refused.getMessage(), refused);
    }
    return output.inferType(call);
  }

  private static String one(final String argument, final ColumnList columns) {
    final List<String> names = columns.getNames();
    if (names.size() != 1) {
      throw new ConfigException(
          "The argument '" + argument + "' of BRAID takes one column, not " + names.size() + ".");
    }
    return names.get(0);
  }
}
