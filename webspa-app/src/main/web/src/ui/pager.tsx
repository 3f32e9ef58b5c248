import type { ComponentChildren } from "preact";
import type { CatalogPage } from "../api/types";
import { Icon } from "./icon";

/** Previous, where one is, next: links, so that each page has an address that can be kept and shared. */
export function Pager({ page, href }: { page: CatalogPage; href: (number: number) => string }) {
  const current = page.pageIndex + 1;
  const pages = Math.max(1, Math.ceil(page.count / page.pageSize));
  const first = page.pageIndex * page.pageSize + 1;
  return (
    <nav class="pager" aria-label="Pages">
      <p data-testid="pager-summary">
        {first}–{first + page.data.length - 1} of {page.count} goods
      </p>
      {pages > 1 && (
        <div class="pager-links">
          <Step to={current > 1 ? href(current - 1) : undefined} testid="pager-previous">
            <Icon name="left" /> Previous
          </Step>
          <span aria-current="page" data-testid="pager-page">
            Page {current} of {pages}
          </span>
          <Step to={current < pages ? href(current + 1) : undefined} testid="pager-next">
            Next <Icon name="right" />
          </Step>
        </div>
      )}
    </nav>
  );
}

function Step({ to, testid, children }: { to: string | undefined; testid: string; children: ComponentChildren }) {
  return to === undefined ? (
    <span class="button button-off" aria-disabled="true">
      {children}
    </span>
  ) : (
    <a class="button" href={to} data-testid={testid}>
      {children}
    </a>
  );
}
