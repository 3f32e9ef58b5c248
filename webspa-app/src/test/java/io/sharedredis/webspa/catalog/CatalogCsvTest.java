package io.sharedredis.webspa.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CatalogCsvTest {

  private static final String HEADER =
      "CatalogTypeName,CatalogBrandName,Description,Name,Price,PictureFileName,availablestock,onreorder\n";

  private static CatalogCsv read(String items) {
    return CatalogCsv.read(
        new StringReader("CatalogBrand\nHarbor\n"),
        new StringReader("CatalogType\nMug\n"),
        new StringReader(items));
  }

  private static Reader file(String name) {
    return new InputStreamReader(
        Objects.requireNonNull(CatalogCsvTest.class.getResourceAsStream("/catalog/" + name)),
        StandardCharsets.UTF_8);
  }

  @Test
  void ourFourteenItemsAreReadWithoutAComplaint() {
    CatalogCsv csv =
        CatalogCsv.read(
            file("CatalogBrands.csv"), file("CatalogTypes.csv"), file("CatalogItems.csv"));

    assertThat(csv.skipped()).isEmpty();
    assertThat(csv.items()).hasSize(14).extracting(CatalogCsv.Item::id).endsWith(14);
    assertThat(csv.items()).extracting(CatalogCsv.Item::pictureFileName).doesNotHaveDuplicates();
    assertThat(csv.items()).extracting(CatalogCsv.Item::availableStock).contains(0, 3);
    assertThat(csv.types()).containsExactly("Mug", "T-Shirt", "Pin");
  }

  @Test
  void unreadableRowIsSkippedAndNamedWithItsLine() {
    CatalogCsv csv =
        read(
            HEADER
                + "Mug,Harbor,\"two\nlines, one comma\",First,8.50,1.png,5,false\n"
                + "Mug,Harbor,Second,Second,cheap,2.png,5,false\n"
                + "Mug,Nobody,Third,Third,1.00,3.png,5,false\n"
                + "Mug,Harbor,Fourth,Fourth\n"
                + "Mug,Harbor,Fifth,Fifth,1.00,../5.png,5,false\n"
                + "Mug,Harbor,Sixth,Sixth,1.00,6.png,-1,false\n"
                + "Mug,Harbor,Seventh,Seventh,1.00,7.png,5,perhaps\n"
                + "Mug,Harbor,Eighth,Eighth,2.00,8.png,,\n");

    assertThat(csv.items()).extracting(CatalogCsv.Item::name).containsExactly("First", "Eighth");
    assertThat(csv.items().get(0).description()).isEqualTo("two\nlines, one comma");
    assertThat(csv.items()).extracting(CatalogCsv.Item::id).containsExactly(1, 2);
    assertThat(csv.skipped())
        .satisfiesExactly(
            row -> assertThat(row).contains("CatalogItems.csv line 4", "Price 'cheap'"),
            row -> assertThat(row).contains("line 5", "CatalogBrandName 'Nobody'"),
            row -> assertThat(row).contains("line 6", "4 values"),
            row -> assertThat(row).contains("line 7", "PictureFileName"),
            row -> assertThat(row).contains("line 8", "availablestock '-1'"),
            row -> assertThat(row).contains("line 9", "onreorder 'perhaps'"));
  }

  @Test
  void headersAreReadInAnyCaseAndStockColumnsMayBeMissing() {
    CatalogCsv csv =
        read(
            "catalogtypename,CATALOGBRANDNAME,description,name,price,picturefilename\nMug,Harbor,d,n,1,1.png\n");

    assertThat(csv.items())
        .singleElement()
        .extracting(CatalogCsv.Item::availableStock)
        .isEqualTo(0);
  }

  @Test
  void missingHeaderIsAnErrorThatNamesFileAndColumn() {
    assertThatThrownBy(() -> read("CatalogTypeName,Description,Name,Price\nMug,d,n,1\n"))
        .hasMessageContaining("CatalogItems.csv")
        .hasMessageContaining("CatalogBrandName")
        .hasMessageContaining("PictureFileName");
  }
}
