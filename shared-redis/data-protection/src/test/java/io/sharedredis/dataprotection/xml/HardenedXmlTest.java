package io.sharedredis.dataprotection.xml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class HardenedXmlTest {
  @TempDir private Path directory;

  /** Reads text after text, as one is used for a whole ring. */
  private final ElementParser used = new ElementParser();

  private void refused(String xml) {
    assertThatThrownBy(() -> HardenedXml.parse(xml)).isInstanceOf(DataProtectionException.class);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> used.parse(xml)).isInstanceOf(DataProtectionException.class);
      assertThat(used.parse("<key id=\"1\">ok</key>").getTextContent()).isEqualTo("ok");
    }
  }

  @Test
  void whatOneTextDeclaresIsUnknownToTheNext() {
    for (int i = 0; i < 3; i++) {
      Element key =
          used.parse(
              "<!DOCTYPE key [<!ENTITY e \"x\"><!ATTLIST key a CDATA \"b\">]><key xmlns:p=\"u\"/>");
      assertThat(key.getAttribute("a")).isEqualTo("b");
      refused("<key>&e;</key>");
      refused("<p:key />");
      assertThat(used.parse("<key />").hasAttribute("a")).isFalse();
    }
  }

  @Test
  void documentTypeIsPassedOverWhileNoneOfItsEntitiesIsUsed() {
    assertThat(HardenedXml.parse("<!DOCTYPE key [<!ENTITY e \"x\">]><key />").getLocalName())
        .isEqualTo("key");
    refused("<!DOCTYPE key [<!ENTITY e \"x\">]><key>&e;</key>");
    refused("<!DOCTYPE key [<!ENTITY e \"x\"><!ENTITY f \"&e;&e;\">]><key id=\"&f;\" />");
  }

  @Test
  @Timeout(10)
  void entitiesThatMultiplyAreRefusedAtOnce() {
    StringBuilder dtd = new StringBuilder("<!DOCTYPE key [<!ENTITY e0 \"lol\">");
    for (int i = 1; i < 30; i++) {
      dtd.append("<!ENTITY e" + i + " \"&e" + (i - 1) + ";&e" + (i - 1) + ";\">");
    }
    refused(dtd + "]><key>&e29;</key>");
    refused(dtd + "]><key id=\"&e29;\" />");
  }

  @Test
  void nothingOutsideTheTextIsRead() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret.txt"), "secret");
    refused("<!DOCTYPE key [<!ENTITY e SYSTEM \"" + secret.toUri() + "\">]><key>&e;</key>");
    Path dtd = Files.writeString(directory.resolve("key.dtd"), "<!ATTLIST key id CDATA \"read\">");
    String external = "<!DOCTYPE key SYSTEM \"" + dtd.toUri() + "\"><key />";
    assertThat(HardenedXml.parse(external).hasAttribute("id")).isFalse();
    refused(
        "<!DOCTYPE key [<!ENTITY % p SYSTEM \""
            + dtd.toUri()
            + "\"> %p; <!ENTITY e \"x\">]><key>&e;</key>");
  }

  @Test
  @Timeout(10)
  void elementOfTenMegabytesIsRefusedUnread() {
    long start = System.nanoTime();
    assertThatThrownBy(() -> HardenedXml.parse("<key>" + "x".repeat(10_000_000) + "</key>"))
        .isInstanceOf(DataProtectionException.class)
        .hasMessageContaining("1048576");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  @Timeout(10)
  void elementsNestedTooDeepAreRefused() {
    refused("<a>".repeat(10_000) + "</a>".repeat(10_000));
  }

  @Test
  void errorTellsThePlaceAndNothingOfTheContent() {
    assertThatThrownBy(() -> HardenedXml.parse("<key><value>c2VjcmV0</valu></key>"))
        .hasMessageContaining("line 1")
        .hasMessageNotContaining("c2VjcmV0")
        .hasNoCause();
  }

  @Test
  void layoutComesBackFromIndentation() {
    String xml =
        "<a b=\"x &gt; y\" c='>'><!-- <d> --><e /><f>text &amp; <g/> more</f><h><![CDATA[ <i> ]]></h></a>";
    assertThat(XmlLayout.compact(XmlLayout.indented(xml))).isEqualTo(xml);
    assertThat(XmlLayout.indented(xml)).contains("\n  <f>text &amp; <g/> more</f>");
  }

  @Test
  void textThatIsNoXmlComesBackAsItIs() {
    assertThat(XmlLayout.compact("<key id=\"")).isEqualTo("<key id=\"");
    assertThat(XmlLayout.compact("not xml")).isEqualTo("not xml");
  }

  @Test
  void onlyWhiteSpaceOfXmlIsDropped() {
    assertThat(XmlLayout.compact("<a> \t\r\n<b/></a>")).isEqualTo("<a><b/></a>");
    for (String kept : new String[] {"\u001d", "\u2003", "\u00a0", "\u000b"}) {
      assertThat(XmlLayout.compact("<a>" + kept + "</a>")).isEqualTo("<a>" + kept + "</a>");
    }
  }

  @Test
  void itemThatIsBrokenComesBackFromAFileAsBrokenAsItWas() {
    for (String broken :
        new String[] {"<key id=\"", "x", " <?xml version=\"1.0\"?><a/>", "<a><?xml b?></a>"}) {
      String file =
          "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + XmlLayout.indented(broken);
      assertThat(XmlLayout.compact(file)).isEqualTo(broken);
      refused(XmlLayout.compact(file));
    }
  }
}
