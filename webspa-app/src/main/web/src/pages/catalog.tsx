import { useLocation } from "preact-iso";
import { useEffect, useRef } from "preact/hooks";
import type { CatalogBrand, CatalogItem, CatalogPage, CatalogType } from "../api/types";
import { shop } from "../state/store";
import { useLoaded } from "../ui/load";
import { EmptyState, ErrorState } from "../ui/page";
import { ProductTile } from "../ui/product-tile";
import { Pager } from "../ui/pager";
import { type CatalogView, readView, viewUrl, withFilter } from "./catalog-url";

const PAGE_SIZE = 12;

export function CatalogPageView() {
  const { query, route } = useLocation();
  const view = readView(query);
  const choices = useLoaded(loadChoices, "choices");
  const page = useLoaded(() => shop.items({ ...view, pageIndex: view.page - 1, pageSize: PAGE_SIZE }), viewUrl(view));

  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(view.page);

  useEffect(() => {
    document.title = "Harbor Goods";
  }, []);
  // Another page of the shelf begins at its heading, for the eye and for the keyboard.
  useEffect(() => {
    if (shown.current !== view.page) {
      shown.current = view.page;
      heading.current?.focus();
      heading.current?.scrollIntoView();
    }
  }, [view.page]);

  return (
    <>
      <Hero />
      <section aria-labelledby="goods">
        <div class="shelf-head">
          <h2 id="goods" ref={heading} tabIndex={-1}>All goods</h2>
          <Filters view={view} choices={choices.data} onChange={(next) => route(viewUrl(next))} />
        </div>
        <Shelf view={view} choices={choices.data} page={page.data} failure={page.failure} retry={page.reload} />
      </section>
    </>
  );
}

interface Choices {
  readonly brands: readonly CatalogBrand[];
  readonly types: readonly CatalogType[];
}

async function loadChoices(): Promise<Choices> {
  const [brands, types] = await Promise.all([shop.brands(), shop.types()]);
  return { brands, types };
}

function Hero() {
  return (
    <section class="hero">
      <div class="hero-text">
        <h1>Small things from a working harbor</h1>
        <p>Mugs, shirts and pins for people who like the sea, even from a distance.</p>
      </div>
    </section>
  );
}

interface FiltersProps {
  readonly view: CatalogView;
  readonly choices: Choices | undefined;
  onChange(view: CatalogView): void;
}

function Filters({ view, choices, onChange }: FiltersProps) {
  const filtered = view.brand !== undefined || view.type !== undefined;
  const change = (filter: "brand" | "type") => (event: { currentTarget: HTMLSelectElement }) =>
    onChange(withFilter(view, filter, event.currentTarget.value));
  return (
    <form class="filters" aria-label="Filter the goods" onSubmit={(event) => event.preventDefault()}>
      <label>
        <span>Brand</span>
        <select value={view.brand ?? ""} onChange={change("brand")} data-testid="filter-brand">
          <option value="">All brands</option>
          {choices?.brands.map(({ id, brand }) => (
            <option key={id} value={id}>
              {brand}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Type</span>
        <select value={view.type ?? ""} onChange={change("type")} data-testid="filter-type">
          <option value="">All types</option>
          {choices?.types.map(({ id, type }) => (
            <option key={id} value={id}>
              {type}
            </option>
          ))}
        </select>
      </label>
      {filtered && (
        <a class="clear" href="/" data-testid="filter-clear">
          Clear
        </a>
      )}
    </form>
  );
}

interface ShelfProps {
  readonly view: CatalogView;
  readonly choices: Choices | undefined;
  readonly page: CatalogPage | undefined;
  readonly failure: unknown;
  retry(): void;
}

function Shelf({ view, choices, page, failure, retry }: ShelfProps) {
  if (failure !== undefined) {
    return <ErrorState failure={failure} retry={retry} />;
  }
  if (page === undefined) {
    return <ShelfSkeleton />;
  }
  if (page.data.length === 0) {
    return (
      <EmptyState icon="box" title="Nothing on this shelf">
        <p>No goods match these filters.</p>
        <a class="button" href="/">
          Show everything
        </a>
      </EmptyState>
    );
  }
  return (
    <>
      <ul class="grid" data-testid="catalog">
        {page.data.map((item) => (
          <li key={item.id}>
            <ProductTile item={item} kind={kindOf(item, choices)} />
          </li>
        ))}
      </ul>
      <Pager page={page} href={(number) => viewUrl({ ...view, page: number })} />
    </>
  );
}

function kindOf(item: CatalogItem, choices: Choices | undefined): string {
  const type = choices?.types.find(({ id }) => id === item.catalogTypeId)?.type;
  const brand = choices?.brands.find(({ id }) => id === item.catalogBrandId)?.brand;
  return [type, brand].filter((text) => text !== undefined).join(" · ");
}

function ShelfSkeleton() {
  return (
    <div role="status" data-testid="loading">
      <span class="visually-hidden">Loading the goods…</span>
      <div class="grid">
        {Array.from({ length: 8 }, (_, tile) => (
          <div key={tile} class="tile">
            <div class="tile-picture skeleton" />
            <div class="skeleton skeleton-line" />
            <div class="skeleton skeleton-line skeleton-short" />
          </div>
        ))}
      </div>
    </div>
  );
}
