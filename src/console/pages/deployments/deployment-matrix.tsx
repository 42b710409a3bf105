import { Link } from "@tanstack/react-router";
import { ScrollX } from "../../kit/scroll-x";
import { groupBy } from "../../lists/group-by";
import { DeploymentCell } from "./deployment-cell";
import type { DeploymentCellData } from "./deployments-query";

interface Props {
  readonly deployments: readonly DeploymentCellData[];
  readonly open: (id: string) => void;
}

/** A row for each model, a column for each environment. */
export function DeploymentMatrix({ deployments, open }: Props) {
  const environments = [...new Set(deployments.map(({ environment }) => environment))].sort();
  const models = groupBy(deployments, ({ model }) => model.name);
  return (
    <section className="card" aria-label="Deployments by model and environment">
      <ScrollX label="Deployments by model and environment">
        <table className="matrix" style={{ minWidth: 180 + 200 * environments.length }}>
          <thead>
            <tr>
              <th scope="col">Model</th>
              {environments.map((environment) => (
                <th key={environment} scope="col">
                  <Link to="/deployments" search={(last) => ({ ...last, environment })} title={`Only ${environment}`}>
                    {environment}
                  </Link>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...models]
              .sort(([a], [b]) => a.localeCompare(b))
              .map(([name, ofModel]) => (
                <tr key={name}>
                  <th scope="row">
                    <Link to="/models/$name" params={{ name }} search={{}} className="strong-link">
                      {name}
                    </Link>
                  </th>
                  {environments.map((environment) => (
                    <td key={environment}>
                      <ul className="stack cells">
                        {ofModel
                          .filter((each) => each.environment === environment)
                          .map((each) => (
                            <DeploymentCell key={each.id} deployment={each} open={() => open(each.id)} />
                          ))}
                      </ul>
                    </td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </ScrollX>
    </section>
  );
}
