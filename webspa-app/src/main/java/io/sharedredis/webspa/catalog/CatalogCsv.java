package io.sharedredis.webspa.catalog;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The catalogue as CSV with the columns of eShopOnContainers: headers in any case, values quoted
 * where they hold a comma, the four stock columns optional. A row that cannot be used is reported
 * in {@link #skipped()} with its line; a file without its required columns is refused.
 */
record CatalogCsv(List<String> brands, List<String> types, List<Item> items, List<String> skipped) {

  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .setIgnoreHeaderCase(true)
          .setIgnoreSurroundingSpaces(true)
          .setIgnoreEmptyLines(true)
          .get();

  private static final List<String> ITEM_COLUMNS =
      List.of(
          "CatalogTypeName", "CatalogBrandName", "Description", "Name", "Price", "PictureFileName");

  /** One row of CatalogItems.csv; ids count the rows that could be used, from 1. */
  record Item(
      int id,
      String type,
      String brand,
      String description,
      String name,
      BigDecimal price,
      String pictureFileName,
      int availableStock,
      int restockThreshold,
      int maxStockThreshold,
      boolean onReorder) {}

  static CatalogCsv read(Reader brandsCsv, Reader typesCsv, Reader itemsCsv) {
    List<String> skipped = new ArrayList<>();
    Set<String> brands = names("CatalogBrands.csv", "CatalogBrand", brandsCsv, skipped);
    Set<String> types = names("CatalogTypes.csv", "CatalogType", typesCsv, skipped);
    List<Item> items = new ArrayList<>();
    for (Row row : rows("CatalogItems.csv", ITEM_COLUMNS, itemsCsv)) {
      try {
        items.add(item(items.size() + 1, row.values(), types, brands));
      } catch (BadRow bad) {
        skipped.add("CatalogItems.csv line " + row.line() + ": " + bad.getMessage());
      }
    }
    return new CatalogCsv(
        List.copyOf(brands), List.copyOf(types), List.copyOf(items), List.copyOf(skipped));
  }

  private static Set<String> names(
      String file, String column, Reader reader, List<String> skipped) {
    Set<String> names = new LinkedHashSet<>();
    for (Row row : rows(file, List.of(column), reader)) {
      String name = row.values().get(column);
      if (name.isBlank() || !names.add(name)) {
        skipped.add(file + " line " + row.line() + ": " + column + " is empty or repeated");
      }
    }
    return names;
  }

  /** A row and the line of the file it starts on, counted from 1. */
  private record Row(long line, CSVRecord values) {}

  private static List<Row> rows(String file, List<String> required, Reader reader) {
    try (CSVParser parser = CSVParser.builder().setReader(reader).setFormat(FORMAT).get()) {
      Set<String> present = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
      present.addAll(parser.getHeaderNames());
      List<String> missing = required.stream().filter(name -> !present.contains(name)).toList();
      if (!missing.isEmpty()) {
        throw new IllegalArgumentException(
            file + " lacks the header " + String.join(",", missing) + " in its first line");
      }
      List<Row> rows = new ArrayList<>();
      long line = parser.getCurrentLineNumber() + 1;
      for (CSVRecord values : parser) {
        rows.add(new Row(line, values));
        line = parser.getCurrentLineNumber() + 1;
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  private static Item item(int id, CSVRecord row, Set<String> types, Set<String> brands)
      throws BadRow {
    if (!row.isConsistent()) {
      throw new BadRow(
          "has " + row.size() + " values, the header " + row.getParser().getHeaderNames().size());
    }
    String price = text(row, "Price");
    if (!price.matches("\\d{1,7}(\\.\\d{1,2})?")) {
      throw new BadRow("Price '" + price + "' is not an amount such as 12.50");
    }
    return new Item(
        id,
        oneOf(row, "CatalogTypeName", types),
        oneOf(row, "CatalogBrandName", brands),
        text(row, "Description"),
        text(row, "Name"),
        new BigDecimal(price),
        picture(row),
        count(row, "availablestock"),
        count(row, "restockthreshold"),
        count(row, "maxstockthreshold"),
        bool(row, "onreorder"));
  }

  private static String text(CSVRecord row, String column) throws BadRow {
    String value = row.get(column);
    if (value.isBlank()) {
      throw new BadRow(column + " is empty");
    }
    return value;
  }

  private static String oneOf(CSVRecord row, String column, Set<String> known) throws BadRow {
    String value = text(row, column);
    if (!known.contains(value)) {
      throw new BadRow(column + " '" + value + "' is not one of " + known);
    }
    return value;
  }

  /** A bare file name: the value becomes part of a resource path. */
  private static String picture(CSVRecord row) throws BadRow {
    String value = text(row, "PictureFileName");
    if (!value.matches("[A-Za-z0-9_-]{1,60}\\.(png|jpg|svg|webp)")) {
      throw new BadRow("PictureFileName '" + value + "' is not a plain picture file name");
    }
    return value;
  }

  private static int count(CSVRecord row, String column) throws BadRow {
    String value = row.isMapped(column) ? row.get(column) : "";
    if (value.isBlank()) {
      return 0;
    }
    if (!value.matches("\\d{1,7}")) {
      throw new BadRow(column + " '" + value + "' is not a whole number of 0 or more");
    }
    return Integer.parseInt(value);
  }

  private static boolean bool(CSVRecord row, String column) throws BadRow {
    String value = row.isMapped(column) ? row.get(column) : "";
    if (value.isBlank() || value.equalsIgnoreCase("false")) {
      return false;
    }
    if (!value.equalsIgnoreCase("true")) {
      throw new BadRow(column + " '" + value + "' is neither true nor false");
    }
    return true;
  }

  /** Why one row cannot be used. */
  private static final class BadRow extends Exception {
    private static final long serialVersionUID = 1L;

    BadRow(String message) {
      super(message, null, false, false);
    }
  }
}
