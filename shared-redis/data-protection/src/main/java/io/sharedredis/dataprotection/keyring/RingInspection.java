package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.atrest.NamedCertificates;
import io.sharedredis.dataprotection.keyring.ItemReport.Kind;
import io.sharedredis.dataprotection.keyring.ItemReport.Severity;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * Looks at every item of a ring, by the same rules as {@link KeyRingReader}, which stops at the
 * first one that makes a ring unusable: here all of them are found.
 */
final class RingInspection {
  private final KeyRingReader reader;
  private final EntryRules rules;
  private final Revocations revocations = new Revocations();

  RingInspection(KeyRingReader reader, EntryRules rules) {
    this.reader = reader;
    this.rules = rules;
  }

  List<ItemReport> of(List<KeyItem> items) {
    List<ItemReport> reports = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      reports.add(report(i + 1, items.get(i)));
    }
    return compared(reports);
  }

  private ItemReport report(int position, KeyItem item) {
    Element element;
    try {
      element = HardenedXml.parse(item.xml());
    } catch (DataProtectionException e) {
      return plain(position, item, Kind.BROKEN)
          .with(Severity.FATAL, String.valueOf(e.getMessage()));
    }
    if (HardenedXml.isNamed(element, null, "key")) {
      return keyReport(position, item, element);
    }
    if (HardenedXml.isNamed(element, null, "revocation")) {
      return revocationReport(position, item, element);
    }
    return plain(position, item, Kind.UNKNOWN)
        .with(Severity.NOTE, "neither a key nor a revocation; it is passed over");
  }

  private ItemReport keyReport(int position, KeyItem item, Element element) {
    String decryptor = SecretOpener.decryptorOf(element);
    Key key = null;
    String problem;
    try {
      key = reader.key(item, element);
      problem = key.problem();
    } catch (DataProtectionException e) {
      problem = e.getMessage();
    }
    ItemReport report =
        new ItemReport(
            position,
            item.friendlyName(),
            Kind.KEY,
            key == null ? null : key.id(),
            key,
            decryptor == null
                ? ItemReport.NOT_ENCRYPTED
                : NamedCertificates.isDecryptedByThem(decryptor)
                    ? ItemReport.CERTIFICATE
                    : decryptor,
            NamedCertificates.in(element),
            rules.isAuthenticated(item),
            Severity.OK,
            null);
    return problem == null ? report : report.with(Severity.PROBLEM, problem);
  }

  private ItemReport revocationReport(int position, KeyItem item, Element element) {
    Element key = HardenedXml.child(element, "key");
    String id = key == null ? null : HardenedXml.attribute(key, "id");
    boolean mass = "*".equals(id);
    ItemReport report = plain(position, item, mass ? Kind.MASS_REVOCATION : Kind.REVOCATION);
    try {
      revocations.add(element);
      if (!mass && id != null) {
        report = named(report, GuidText.parse(id));
      }
    } catch (DataProtectionException e) {
      return report.with(Severity.FATAL, String.valueOf(e.getMessage()));
    }
    return rules.isSuspicious(item)
        ? report.with(
            Severity.PROBLEM, "not authenticated by this ring's secret; it is obeyed all the same")
        : report;
  }

  /** What shows only beside the other items: ids that are there twice, revocations. */
  private List<ItemReport> compared(List<ItemReport> reports) {
    Map<UUID, Integer> first = new HashMap<>();
    List<ItemReport> result = new ArrayList<>(reports.size());
    for (ItemReport report : reports) {
      Integer earlier =
          report.key() == null ? null : first.putIfAbsent(report.key().id(), report.position());
      result.add(
          earlier == null
              ? report
              : report.with(Severity.FATAL, "its id is there twice, also as item " + earlier));
    }
    result.replaceAll(report -> afterRevocations(report, first));
    return List.copyOf(result);
  }

  private ItemReport afterRevocations(ItemReport report, Map<UUID, Integer> keys) {
    Key key = report.key();
    if (key != null) {
      return report.with(revocations.apply(List.of(key)).get(0));
    }
    boolean idle =
        report.kind() == Kind.REVOCATION
            && report.keyId() != null
            && !keys.containsKey(report.keyId());
    return idle
        ? report.with(
            report.severity() == Severity.OK ? Severity.NOTE : report.severity(),
            "revokes a key that the ring does not hold")
        : report;
  }

  private ItemReport plain(int position, KeyItem item, Kind kind) {
    return new ItemReport(
        position,
        item.friendlyName(),
        kind,
        null,
        null,
        null,
        List.of(),
        rules.isAuthenticated(item),
        Severity.OK,
        null);
  }

  private static ItemReport named(ItemReport report, @Nullable UUID keyId) {
    return new ItemReport(
        report.position(),
        report.name(),
        report.kind(),
        keyId,
        null,
        null,
        List.of(),
        report.authenticated(),
        report.severity(),
        report.finding());
  }
}
