// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

/// @title The chain's coin as an ERC-20, to try bids with
/// @notice One coin in, one token out, and back. As with the WETH of public chains a deposit and a withdrawal have logs
///         of their own and no Transfer beside them, and an allowance of 2^256 - 1 does not shrink when it is used.
contract DemoWeth {
    string public constant name = "Wrapped Demo Ether";
    string public constant symbol = "WETH";
    uint8 public constant decimals = 18;

    mapping(address owner => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    event Approval(address indexed owner, address indexed spender, uint256 amount);
    event Transfer(address indexed from, address indexed to, uint256 amount);
    event Deposit(address indexed to, uint256 amount);
    event Withdrawal(address indexed from, uint256 amount);

    /// @notice The owner has less than is to be moved.
    error BalanceTooLow(address owner, uint256 balance, uint256 amount);

    /// @notice The spender may move less than it tried to.
    error AllowanceTooLow(address spender, uint256 allowance, uint256 amount);

    /// @notice The receiver of a withdrawal refused the coins.
    error WithdrawalRefused(address receiver);

    /// @notice Coins sent without a call are deposited.
    receive() external payable {
        deposit();
    }

    /// @notice Turns the coins sent into tokens of the caller's.
    function deposit() public payable {
        balanceOf[msg.sender] += msg.value;
        emit Deposit(msg.sender, msg.value);
    }

    /// @notice Turns the caller's tokens into coins. Reverts with BalanceTooLow or WithdrawalRefused.
    function withdraw(uint256 amount) external {
        _take(msg.sender, amount);
        emit Withdrawal(msg.sender, amount);
        (bool accepted,) = msg.sender.call{ value: amount }("");
        if (!accepted) revert WithdrawalRefused(msg.sender);
    }

    /// @notice Lets a spender move so much of the caller's in all.
    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    /// @notice Moves the caller's tokens. Reverts with BalanceTooLow.
    function transfer(address to, uint256 amount) external returns (bool) {
        return _move(msg.sender, to, amount);
    }

    /// @notice Moves an owner's tokens by their leave. Reverts with AllowanceTooLow or BalanceTooLow.
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (from != msg.sender && allowed != type(uint256).max) {
            if (allowed < amount) revert AllowanceTooLow(msg.sender, allowed, amount);
            allowance[from][msg.sender] = allowed - amount;
        }
        return _move(from, to, amount);
    }

    /// @notice How many tokens there are: as many as coins lie here.
    function totalSupply() external view returns (uint256) {
        return address(this).balance;
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        _take(from, amount);
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
        return true;
    }

    function _take(address from, uint256 amount) private {
        uint256 balance = balanceOf[from];
        if (balance < amount) revert BalanceTooLow(from, balance, amount);
        balanceOf[from] = balance - amount;
    }
}
