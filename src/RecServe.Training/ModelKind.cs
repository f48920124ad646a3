namespace RecServe.Training;

/// <summary>The models that can be trained; what each computes is in docs/formats/package.md.</summary>
public enum ModelKind
{
    /// <summary>Logistic regression.</summary>
    Lr,

    /// <summary>Factorization machine.</summary>
    Fm,

    /// <summary>Multilayer perceptron over the concatenated embeddings.</summary>
    Mlp,

    /// <summary>Factorization machine plus multilayer perceptron.</summary>
    DeepFm,

    /// <summary>DCN-v2 with cross network and perceptron side by side.</summary>
    DcnV2,

    /// <summary>DCN-v2 with the perceptron on top of the cross network.</summary>
    DcnV2Stacked,

    /// <summary>Experts that all tasks share, a gate and a tower a task (MMoE).</summary>
    Mmoe,

    /// <summary>Layers of shared experts and experts of each task's own (PLE).</summary>
    Ple,

    /// <summary>Layers of sparse experts, of which each row takes a few, and a tower a task.</summary>
    Moe,
}
