using RecServe.Artifacts;
using RecServe.Features;

namespace RecServe.Ranking;

/// <summary>Makes the scorer of a package: lr, fm, mlp, deepfm, dcnv2 (parallel or stacked), mmoe, ple, moe.</summary>
public static class ScorerFactory
{
    /// <summary>The layout of a package's fields, their sides taken from its schema.</summary>
    /// <exception cref="PackageException">The schema is invalid, or lacks a field of the package.</exception>
    public static ModelLayout Layout(ModelPackage package)
    {
        DataSchema schema = PackageEncoders.Schema(package);
        var isItem = new List<bool>(package.Fields.Count);
        foreach (PackageField field in package.Fields)
        {
            FieldSchema known = schema.Fields.FirstOrDefault(candidate => candidate.Name == field.Name)
                ?? throw new PackageException($"manifest.json: field '{field.Name}' is not in the schema");
            isItem.Add(known.Side == FieldSide.Item);
        }

        return new ModelLayout(package.Fields, isItem);
    }

    /// <summary>Makes the scorer; weights are packed once, here.</summary>
    /// <exception cref="PackageException">
    /// The architecture is unknown or does not fit the fields, or a dense tensor is missing, has another shape or has no place.
    /// </exception>
    public static ISharedScorer Create(ModelPackage package) => Create(package, null);

    /// <summary>Makes the scorer, which keeps items' parts of its first layers in 16 bits a number, and then makes the layers above in 16-bit integers where that is faster: scores differ by less than 1e-3.</summary>
    /// <param name="package">The package.</param>
    /// <param name="kept">Where parts are kept, of one model alone; null for none. Only rows of a request use it, not <see cref="IScorer.ScoreRows"/>.</param>
    /// <exception cref="PackageException">
    /// The architecture is unknown or does not fit the fields, or a dense tensor is missing, has another shape or has no place.
    /// </exception>
    public static ISharedScorer Create(ModelPackage package, KeptItems? kept)
    {
        ModelArchitecture architecture = package.Architecture;
        ArchitectureRules.Check(package);
        ModelLayout layout = Layout(package);
        var tensors = new DenseTensors(package);
        if (architecture.Tasks.Count > 0)
            return OfTasks(architecture, layout, tensors, kept);
        var parts = new List<IScorerPart>();
        if (architecture.Kind is "lr" or "fm" or "deepfm")
            parts.Add(new LinearPart(layout));
        if (architecture.Kind is "fm" or "deepfm")
            parts.Add(new PairPart(layout, package.Fields.Count == 0 ? 0 : package.Fields[0].Dim));
        if (architecture.Kind is "mlp" or "deepfm" or "dcnv2")
            AddHidden(architecture, layout, tensors, parts, kept);
        float bias = tensors.Take("head.bias", 1)[0];
        tensors.RequireAllTaken();
        return new SumScorer(layout, bias, parts);
    }

    private static TaskScorer OfTasks(ModelArchitecture architecture, ModelLayout layout, DenseTensors tensors, KeptItems? kept)
    {
        int users = layout.User.Dense, items = layout.Item.Dense;
        if (architecture.Sparse is { ByRequest: true } sparse && sparse.UserInputs != users)
            throw new PackageException($"manifest.json: architecture.sparse.user_inputs is {sparse.UserInputs}; the user's and the context's fields have {users} floats");
        Dictionary<string, float[]> values = architecture.TaskTensors(users + items).ToDictionary(tensor => tensor.Name, tensor => tensors.Take(tensor.Name, tensor.Sizes));
        tensors.RequireAllTaken();
        int tasks = architecture.Tasks.Count;
        ITaskPlan<float> plan = architecture.Experts is not null
            ? new ExpertPlan<float, FloatWeights>(architecture.Experts, tasks, users, items, name => values[name])
            : new SparsePlan<float, FloatWeights>(architecture.Sparse!, tasks, users, items, name => values[name]);

        // Where parts are kept, and rounded by it, upper layers may be. Experts that rows choose are given a few each, and rounding wins with many.
        if (architecture.Experts is { TopK: 0 } && kept is not null && ScoringCosts.Measured.KeepingPays(plan.ItemPartLength, items))
            plan = new ExpertPlan<float, RoundedWeights>(architecture.Experts, tasks, users, items, name => values[name]);
        return new TaskScorer(layout, plan, new TaskRanking(architecture.Tasks), kept);
    }

    private static void AddHidden(ModelArchitecture architecture, ModelLayout layout, DenseTensors tensors, List<IScorerPart> parts,
        KeptItems? kept)
    {
        int users = layout.User.Dense, items = layout.Item.Dense, inputs = users + items, first = architecture.Hidden[0], last = architecture.Hidden[^1];
        (float[] Weight, float[] Bias) Layer(string name, int outputs, int width) =>
            (tensors.Take($"{name}.weight", outputs, width), tensors.Take($"{name}.bias", outputs));
        MlpPart Mlp(float[] head)
        {
            (float[] weight, float[] bias) = Layer("mlp.0", first, inputs);
            var sided = new SidedLayer(layout, weight, bias);
            ItemParts? parts = ItemParts.Of(kept, sided, items);
            return new MlpPart(layout, sided, Above(head, mayRound: parts is not null), parts);
        }

        HiddenLayers Above(float[] head, bool mayRound = false) => new(Enumerable.Range(1, architecture.Hidden.Count - 1).Select(i =>
        {
            (float[] weight, float[] bias) = Layer($"mlp.{i}", architecture.Hidden[i], architecture.Hidden[i - 1]);
            return new DenseLayer(weight, bias, architecture.Hidden[i - 1], mayRound);
        }), first, head);

        switch (architecture.Structure)
        {
            case "parallel":
                float[] head = tensors.Take("head.weight", inputs + last);
                parts.Add(Cross(architecture, layout, tensors, head[..inputs], [], null));
                parts.Add(Mlp(head[inputs..]));
                break;
            case "stacked":
                (float[] weight, float[] bias) = Layer("mlp.0", first, inputs);
                parts.Add(Cross(architecture, layout, tensors, weight, bias, Above(tensors.Take("head.weight", last))));
                break;
            default:
                parts.Add(Mlp(tensors.Take("head.weight", last)));
                break;
        }
    }

    // Under a head `top` is its row and there is no bias; else both are those of the dense layer on the network.
    private static CrossPart Cross(ModelArchitecture architecture, ModelLayout layout, DenseTensors tensors, float[] top, float[] bias, HiddenLayers? rest)
    {
        int users = layout.User.Dense, items = layout.Item.Dense, layers = architecture.CrossLayers;
        Dictionary<string, float[]> values = architecture.CrossTensors(users + items).ToDictionary(tensor => tensor.Name, tensor => tensors.Take(tensor.Name, tensor.Sizes));
        CrossPlans<float, FloatWeights> plans;
        if (architecture.CrossMixture is { Experts: int experts })
        {
            MixtureTensors<float>[] mixture = [.. Enumerable.Range(0, layers).Select(l => new MixtureTensors<float>(
                values[$"cross.{l}.in.weight"], values[$"cross.{l}.core.weight"], values[$"cross.{l}.out.weight"], values[$"cross.{l}.bias"], values["cross.gate.weight"]))];
            plans = new(rest is null ? MixtureWeights<float, FloatWeights>.WithHead(users, items, experts, mixture, top)
                : MixtureWeights<float, FloatWeights>.WithDense(users, items, experts, mixture, top, bias));
        }
        else
        {
            (float[], float[])[] full = [.. Enumerable.Range(0, layers).Select(l => (values[$"cross.{l}.weight"], values[$"cross.{l}.bias"]))];
            plans = new(rest is null ? CrossWeights<float, FloatWeights>.WithHead(users, items, full, top) : CrossWeights<float, FloatWeights>.WithDense(users, items, full, top, bias));
        }

        return new CrossPart(layout, plans, rest is null ? 1 : bias.Length, rest);
    }
}
