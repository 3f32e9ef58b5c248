package io.sharedredis.testkit.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.repository.FileSystemKeyRepository;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.MirroredKeyRepository;
import io.sharedredis.dataprotection.repository.RepositorySnapshot;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirroredKeyRepositoryTest extends KeyRepositoryContract {
  private static final KeyItem KEY =
      new KeyItem("<key id=\"a\"><value>1</value></key>", "key-a", "t");
  private static final KeyItem OTHER = new KeyItem("<key id=\"b\" />", "key-b");

  @TempDir private Path directory;
  private final InMemoryKeyRepository primary = new InMemoryKeyRepository();
  private final InMemoryKeyRepository mirror = new InMemoryKeyRepository();

  @Override
  protected KeyRepository open() {
    return new MirroredKeyRepository(primary, mirror);
  }

  @Override
  protected void loseEverything() {
    primary.loseEverything();
    mirror.loseEverything();
  }

  @Test
  void primaryThatLostTheRingIsHealedByAProcessThatNeverSawIt() {
    open().store(KEY);
    primary.loseEverything();
    assertThat(open().readAll().items()).containsExactly(KEY);
    assertThat(primary.readAll().items()).containsExactly(KEY);
  }

  @Test
  void ringHealedFromADirectoryIsTheSameCharacterForCharacter() {
    KeyRepository pair = new MirroredKeyRepository(primary, new FileSystemKeyRepository(directory));
    pair.store(KEY);
    primary.loseEverything();
    assertThat(pair.readAll().items()).extracting(KeyItem::xml).containsExactly(KEY.xml());
    assertThat(pair.readAll().items()).extracting(KeyItem::tag).containsExactly("t");
  }

  @Test
  void primaryThatLostTheRingAndWasGivenANewKeyGetsTheOldOnesBack() {
    open().store(KEY);
    primary.loseEverything();
    primary.store(OTHER);
    assertThat(open().readAll().items()).containsExactly(OTHER, KEY);
    assertThat(primary.readAll().items()).containsExactly(OTHER, KEY);
    assertThat(mirror.readAll().items()).containsExactlyInAnyOrder(OTHER, KEY);
  }

  @Test
  void elementMissingInThePrimaryStaysAwayWhileOthersOfTheRingAreThere() {
    open().store(KEY);
    open().store(OTHER);
    primary.delete(List.of(KEY));
    assertThat(open().readAll().items()).containsExactly(OTHER);
  }

  @Test
  void keyThatTheMirrorHoldsInTwoFormsIsRestoredInTheLater() {
    KeyItem encryptedAnew = new KeyItem("<key id=\"A\"><value>2</value></key>", "key-a", "u");
    open().store(KEY);
    mirror.store(encryptedAnew);
    primary.loseEverything();
    assertThat(open().readAll().items()).containsExactly(encryptedAnew);
  }

  @Test
  void tagThatThePrimaryDroppedComesBackFromTheMirror() {
    open().store(KEY);
    primary.attachTags(List.of(new KeyItem(KEY.xml(), "", null)));
    assertThat(open().readAll().items()).containsExactly(KEY);
    assertThat(primary.readAll().items()).containsExactly(KEY);
  }

  @Test
  void tagThatAnElementIsGivenLaterReachesTheMirror() {
    primary.store(OTHER);
    KeyRepository pair = new MirroredKeyRepository(primary, new FileSystemKeyRepository(directory));
    pair.readAll();
    primary.attachTags(List.of(new KeyItem(OTHER.xml(), "", "later")));
    pair.readAll();
    primary.loseEverything();
    assertThat(pair.readAll().items()).extracting(KeyItem::tag).containsExactly("later");
  }

  @Test
  void mirrorThatLostTheRingIsFilledAtTheNextRead() {
    open().store(KEY);
    mirror.loseEverything();
    open().readAll();
    assertThat(mirror.readAll().items()).containsExactly(KEY);
  }

  @Test
  void whatOthersAddToThePrimaryReachesTheMirror() {
    open().store(KEY);
    primary.store(OTHER);
    open().readAll();
    assertThat(mirror.readAll().items()).containsExactly(KEY, OTHER);
  }

  @Test
  void resetThatTheMirrorMissedReachesItAndIsNotUndone() {
    open().store(KEY);
    primary.reset("mark-1");
    assertThat(open().readAll().items()).isEmpty();
    assertThat(mirror.readAll().items()).isEmpty();
    assertThat(mirror.readAll().resetMark()).isEqualTo("mark-1");
  }

  @Test
  void deletedKeyDoesNotComeBackFromTheMirror() {
    open().store(KEY);
    open().store(OTHER);
    open().delete(List.of(KEY));
    primary.loseEverything();
    assertThat(open().readAll().items()).containsExactly(OTHER);
  }

  @Test
  void emptyPrimaryWithAMirrorThatCannotBeAskedIsNoEmptyRing() {
    KeyRepository pair = new MirroredKeyRepository(primary, new Away());
    assertThatThrownBy(pair::readAll).isInstanceOf(StoreUnavailableException.class);
  }

  @Test
  void mirrorThatIsAwayHoldsNothingUp() {
    primary.store(KEY);
    KeyRepository pair = new MirroredKeyRepository(primary, new Away());
    assertThat(pair.readAll().items()).containsExactly(KEY);
    pair.store(OTHER);
    assertThat(pair.readAll().items()).containsExactly(KEY, OTHER);
  }

  private static final class Away implements KeyRepository {
    @Override
    public RepositorySnapshot readAll() {
      throw new StoreUnavailableException("away", null);
    }

    @Override
    public void store(KeyItem item) {
      throw new StoreUnavailableException("away", null);
    }

    @Override
    public boolean storeNewDefault(KeyItem item, String expectedVersion) {
      throw new StoreUnavailableException("away", null);
    }

    @Override
    public String describe() {
      return "a store that is away";
    }
  }
}
