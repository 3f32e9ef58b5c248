package io.sharedredis.dataprotection.repository;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.xml.XmlLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A key ring set down in a directory, to be kept or carried elsewhere: every item character for
 * character, in order, with its tag.
 *
 * <p>The files are those of ASP.NET Core's {@code PersistKeysToFileSystem}, so that the directory
 * is a ring as well. Beside an item whose text that layout does not keep (white space between tags,
 * no XML at all) lies its text in {@code *.xml.exact}; {@code .shared-redis-export} names all files
 * in the order of the ring with the SHA-256 of each item, so that a copy that was cut or changed is
 * noticed. .NET passes over both.
 */
public final class ExportedRing {
  private static final String MANIFEST = ".shared-redis-export";
  private static final String HEADER = "shared-redis key ring export 1";
  private static final String EXTENSION = ".xml";
  private static final String EXACT = ".exact";

  private ExportedRing() {}

  /**
   * @param directory made if it is not there, readable by its owner only; must be empty
   * @throws DataProtectionException if it is not empty or cannot be written
   */
  public static void write(Path directory, List<KeyItem> items) {
    try {
      if (!Files.exists(directory)) {
        Files.createDirectories(directory, ownerOnly());
      }
      try (Stream<Path> present = Files.list(directory)) {
        if (present.findAny().isPresent()) {
          throw new DataProtectionException(
              directory + " is not empty; export to a new or empty directory");
        }
      }
      writeItems(directory, items);
    } catch (IOException e) {
      throw new DataProtectionException("cannot write to " + directory, e);
    }
  }

  private static void writeItems(Path directory, List<KeyItem> items) throws IOException {
    StringBuilder manifest = new StringBuilder(HEADER).append('\n');
    Set<String> taken = new HashSet<>();
    for (KeyItem item : items) {
      String name = freeName(ItemNames.of(item), taken);
      Path file = directory.resolve(name + EXTENSION);
      String tag = item.tag();
      if (tag != null) {
        ItemFiles.publish(file.resolveSibling(file.getFileName() + ".tag"), tag, false);
      }
      String layout = ItemFiles.document(item.xml());
      boolean kept = ItemFiles.item(layout).equals(item.xml());
      ItemFiles.publish(file, kept ? layout : item.xml(), false);
      if (!kept) {
        ItemFiles.publish(file.resolveSibling(file.getFileName() + EXACT), item.xml(), false);
      }
      manifest.append(name).append(' ').append(ItemNames.digest(item.xml())).append('\n');
    }
    ItemFiles.publish(directory.resolve(MANIFEST), manifest.toString(), false);
  }

  /** Names that differ in case only are one file on some systems. */
  private static String freeName(String wanted, Set<String> taken) {
    String name = wanted;
    for (int i = 2; !taken.add(name.toLowerCase(Locale.ROOT)); i++) {
      name = wanted + "-" + i;
    }
    return name;
  }

  /**
   * The items of an export, or of a directory that ASP.NET Core wrote.
   *
   * @throws DataProtectionException if it cannot be read, or is an export of which something is
   *     missing, added or changed
   */
  public static List<KeyItem> read(Path directory) {
    Path manifest = directory.resolve(MANIFEST);
    List<KeyItem> stored = FileSystemKeyRepository.itemsOf(directory);
    if (!Files.exists(manifest)) {
      return stored;
    }
    try {
      List<String> lines = Files.readAllLines(manifest);
      if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
        throw new DataProtectionException(manifest + " is not the list of an export");
      }
      List<KeyItem> items = new ArrayList<>();
      for (String line : lines.subList(1, lines.size())) {
        items.add(item(directory, line, stored));
      }
      if (items.size() != stored.size()) {
        throw changed(directory, "it holds " + stored.size() + " items, not " + items.size());
      }
      return List.copyOf(items);
    } catch (IOException e) {
      throw new DataProtectionException("cannot read the export in " + directory, e);
    }
  }

  private static KeyItem item(Path directory, String line, List<KeyItem> stored)
      throws IOException {
    int blank = line.indexOf(' ');
    String name = blank < 0 ? line : line.substring(0, blank);
    KeyItem item =
        stored.stream()
            .filter(one -> one.friendlyName().equals(name))
            .findFirst()
            .orElseThrow(() -> changed(directory, name + EXTENSION + " is missing"));
    String text = exact(directory.resolve(name + EXTENSION + EXACT), item.xml());
    if (!ItemNames.digest(text).equals(line.substring(blank + 1))) {
      throw changed(directory, name + EXTENSION + " has another content");
    }
    return new KeyItem(text, name, item.tag());
  }

  private static String exact(Path file, String stored) throws IOException {
    if (!Files.exists(file)) {
      return stored;
    }
    String text = Files.readString(file, StandardCharsets.UTF_8);
    // What .NET would read of the directory and what is imported are the same item.
    return XmlLayout.compact(text).equals(stored) ? text : stored;
  }

  private static DataProtectionException changed(Path directory, String what) {
    return new DataProtectionException(
        "the export in "
            + directory
            + " is not complete: "
            + what
            + "; take another copy of it, or delete "
            + MANIFEST
            + " to accept it as it is");
  }

  private static FileAttribute<?>[] ownerOnly() {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }
}
